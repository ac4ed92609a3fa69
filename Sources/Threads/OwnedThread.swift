import Foundation
import Synchronization

/// A named thread that whoever started it owns and must join.
package final class OwnedThread: Sendable {
  package let name: String
  private let handle: pthread_t
  private let work: Work
  private let isJoined = Atomic(false)

  /// What the thread runs, and how it ended. Touched by the thread only, until it has been joined.
  /// `@unchecked Sendable`: `pthread_create` and `pthread_join` order the accesses of the starter, the thread and the
  /// joiner, and no two of them hold it at the same time.
  private final class Work: @unchecked Sendable {
    let name: String
    var body: (() throws -> Void)?
    var failure: (any Error)?

    init(name: String, body: @escaping () throws -> Void) {
      self.name = name
      self.body = body
    }

    func run() {
      // Foundation calls pthread_setname_np, which glibc hides from Swift; the kernel keeps the first 15 bytes.
      Thread.current.name = name
      do { try body?() } catch { failure = error }
      body = nil
    }
  }

  /// Parsers and SQLite are content with far less than this.
  package static let stackBytesDefault = 1 << 20

  /// Starts at once. Throws an `OSError` when the system gives no thread.
  package init(
    _ name: String, stackBytes: Int = OwnedThread.stackBytesDefault, _ body: sending @escaping () throws -> Void
  ) throws(OSError) {
    self.name = name
    work = Work(name: name, body: body)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackBytes)
    var handle = pthread_t()
    let context = Unmanaged.passRetained(work)
    let status = pthread_create(&handle, &attributes, OwnedThread.entry, context.toOpaque())
    if status != 0 { context.release() }
    self.handle = handle
    guard status == 0 else {
      isJoined.store(true, ordering: .relaxed)
      throw OSError(code: status, doing: "starting thread \(name)")
    }
  }

  deinit {
    precondition(isJoined.load(ordering: .acquiring), "thread \(name) was not joined")
  }

  private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
    guard let context else { return nil }
    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
    return nil
  }

  /// Blocks until the thread has ended and rethrows what it ended with. Once, and not from the thread itself.
  package func join() throws {
    let wasJoined = isJoined.exchange(true, ordering: .acquiringAndReleasing)
    precondition(!wasJoined, "thread \(name) is joined twice")
    let status = pthread_join(handle, nil)
    precondition(status == 0, "thread \(name) cannot be joined: \(OSError(code: status, doing: "pthread_join"))")
    if let failure = work.failure { throw failure }
  }

  /// Sends a signal to this thread alone. Only before it is joined.
  package func send(signal: Int32) {
    pthread_kill(handle, signal)
  }
}
