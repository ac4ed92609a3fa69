import Foundation

/// Standard output or standard error, written whole.
package enum StandardStream: Int32, Sendable {
  case output = 1
  case errors = 2

  /// Writes all of it, or ends the process: as SIGPIPE, which is ignored here, would end it where nobody reads any
  /// more; with 74 (`EX_IOERR`) and a word about it where it cannot be written, as on a full disk. A result that did
  /// not arrive must not look like one that did.
  package func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let written = Foundation.write(rawValue, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written > 0 {
          rest = rest.dropFirst(written)
        } else if errno == EPIPE {
          _exit(128 + SIGPIPE)
        } else if errno == EAGAIN {
          waitForRoom()
        } else if errno != EINTR {
          giveUp(errno)
        }
      }
    }
  }

  private func waitForRoom() {
    var descriptor = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
    // Whatever it says, the next write tells more.
    _ = poll(&descriptor, 1, -1)
  }

  private func giveUp(_ code: Int32) -> Never {
    if self == .output {
      Self.errors.write("the output cannot be written: \(String(cString: strerror(code)))\n")
    }
    _exit(EX_IOERR)
  }
}
