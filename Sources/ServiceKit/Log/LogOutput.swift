import Foundation
import Synchronization

/// Where log lines go: one file descriptor, one line at a time, from any thread.
package final class LogOutput: Sendable {
  package let level: LogLevel
  private let format: Format
  /// Held for the length of one write, so that lines never mix.
  private let descriptor: Mutex<Int32>
  private let nowMs: @Sendable () -> Int64

  package enum Format: String, Sendable, CaseIterable {
    case json, text
  }

  /// Writes to `descriptor` (standard error unless told otherwise), which stays the caller's. Without a `format`, a
  /// terminal gets text and anything else JSON.
  package init(
    level: LogLevel, format: Format? = nil, descriptor: Int32 = STDERR_FILENO,
    nowMs: @escaping @Sendable () -> Int64 = LogOutput.wallClockMs
  ) {
    self.level = level
    self.format = format ?? (isatty(descriptor) == 1 ? .text : .json)
    self.descriptor = Mutex(descriptor)
    self.nowMs = nowMs
  }

  /// Milliseconds since the epoch.
  package static func wallClockMs() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }

  /// Blocks while the reader of a pipe is behind. A line that cannot be written is lost: there is nowhere to report it.
  func write(_ line: LogLine) {
    let instantMs = nowMs()
    let bytes = format == .json ? line.json(at: instantMs) : line.text(at: instantMs)
    descriptor.withLock { descriptor in
      bytes.withUnsafeBytes { buffer in
        var rest = buffer[...]
        while !rest.isEmpty {
          let written = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
          if written > 0 {
            rest = rest.dropFirst(written)
          } else if written == 0 || errno != EINTR {
            return
          }
        }
      }
    }
  }
}
