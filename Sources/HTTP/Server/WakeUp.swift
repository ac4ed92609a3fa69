import CMicroHTTPD
import Foundation
import Threads

/// An eventfd: any thread may ring it, one waits for it together with its sockets.
struct WakeUp: ~Copyable, Sendable {
  let descriptor: Int32

  init() throws(OSError) {
    descriptor = stampede_eventfd()
    guard descriptor >= 0 else { throw OSError(code: errno, doing: "making an eventfd") }
  }

  deinit { close(descriptor) }

  func ring() {
    var one: UInt64 = 1
    // Fails only when it has been rung 2^64 - 2 times without being heard.
    _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
  }

  func silence() {
    var count: UInt64 = 0
    // Fails only when it was not rung.
    _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
  }
}
