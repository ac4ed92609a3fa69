import Glibc
import StreamRuntime
import Synchronization

/// The last line of a worker that traps: one of level `error` that names the signal and the record at hand, by topic,
/// partition and offset. A trap runs no Swift any more, so the line is written by a signal's handler, of bytes made
/// before. What the handler before it does, by default the end of the process, happens after it.
enum CrashLine {
  private static let signals = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]
  private static let threadsMax = 64
  private static let lineBytesMax = 512
  private static let signalsMax = 65

  private struct Watched {
    var thread: pthread_t
    var place: UnsafePointer<RecordAtHand.Place>
  }

  /// What the handler reads: memory that is made once and never freed.
  private struct Handler {
    let prefix: UnsafeMutableBufferPointer<UInt8>
    let suffix: UnsafeMutableBufferPointer<UInt8>
    /// By signal, what it did before.
    let before: UnsafeMutablePointer<sigaction>
    /// As many as `count` says.
    let watched: UnsafeMutablePointer<Watched>
  }

  private static let count = Atomic(0)
  private static let watching = Mutex(())
  /// Set once, before there are threads.
  nonisolated(unsafe) private static var installed: UnsafeMutablePointer<Handler>?

  /// Once a process, before its threads start.
  static func install(service: String) {
    let isTerminal = isatty(STDERR_FILENO) == 1
    let prefix = isTerminal ? "error   \(service): " : "{\"level\":\"error\",\"service\":\"\(service)\",\"message\":\""
    let own = UnsafeMutablePointer<Handler>.allocate(capacity: 1)
    own.initialize(
      to: Handler(
        prefix: copy(prefix), suffix: copy(isTerminal ? "\n" : "\"}\n"), before: .allocate(capacity: signalsMax),
        watched: .allocate(capacity: threadsMax)))
    own.pointee.before.initialize(repeating: sigaction(), count: signalsMax)
    installed = own
    for signal in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = tell
      sigaction(signal, &action, own.pointee.before + Int(signal))
    }
  }

  /// Where the calling thread keeps the record that it is at, for as long as the process lives.
  static func watchThisThread() -> RecordAtHand {
    let record = RecordAtHand()
    guard let installed else { return record }
    watching.withLock { _ in
      let slot = count.load(ordering: .relaxed)
      guard slot < threadsMax else { return }
      (installed.pointee.watched + slot).initialize(to: Watched(thread: pthread_self(), place: record.pointer))
      _ = Unmanaged.passRetained(record)
      count.store(slot + 1, ordering: .releasing)
    }
    return record
  }

  private static func copy(_ text: String) -> UnsafeMutableBufferPointer<UInt8> {
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
    _ = bytes.initialize(from: text.utf8)
    return bytes
  }

  private static let tell: @convention(c) (Int32) -> Void = { signal in
    guard let own = CrashLine.installed else { return }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: CrashLine.lineBytesMax) { buffer in
      var line = Line(buffer)
      line.append(own.pointee.prefix)
      line.append("the process dies of signal ")
      line.append(Int64(signal))
      CrashLine.appendPlace(to: &line, own.pointee)
      line.append(own.pointee.suffix)
      _ = write(STDERR_FILENO, buffer.baseAddress, line.count)
    }
    // The instruction that trapped runs again when this returns, and its signal finds what was there before.
    sigaction(signal, own.pointee.before + Int(signal), nil)
  }

  private static func appendPlace(to line: inout Line, _ own: Handler) {
    let thread = pthread_self()
    for slot in 0..<count.load(ordering: .acquiring) where own.watched[slot].thread == thread {
      let place = own.watched[slot].place.pointee
      guard let topic = place.topic else { return }
      line.append(" at ")
      line.append(
        UnsafeMutableBufferPointer(
          start: UnsafeMutableRawPointer(mutating: topic).assumingMemoryBound(to: UInt8.self), count: strlen(topic)))
      line.append("[")
      line.append(Int64(place.partition))
      line.append("]@")
      line.append(place.offset)
    }
  }

  /// A line that is put together without asking for memory.
  private struct Line {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func append(_ byte: UInt8) {
      guard count < buffer.count else { return }
      buffer[count] = byte
      count += 1
    }

    mutating func append(_ bytes: UnsafeMutableBufferPointer<UInt8>) { for byte in bytes { append(byte) } }

    mutating func append(_ text: StaticString) {
      for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
    }

    mutating func append(_ number: Int64) {
      if number < 0 { append(UInt8(ascii: "-")) }
      var unit: UInt64 = 1
      while number.magnitude / unit >= 10 { unit *= 10 }
      while unit > 0 {
        append(UInt8(ascii: "0") + UInt8(number.magnitude / unit % 10))
        unit /= 10
      }
    }
  }
}
