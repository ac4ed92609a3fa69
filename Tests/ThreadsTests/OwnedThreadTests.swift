import Foundation
import Synchronization
import Testing
import Threads

@Suite(.timeLimit(.minutes(10))) struct OwnedThreadTests {
  @Test func joinRethrowsWhatTheThreadEndedWith() throws {
    let thread = try OwnedThread("thrower") { throw OSError(code: ENOSPC, doing: "writing") }
    let error = #expect(throws: OSError.self) { try thread.join() }
    #expect(error?.description == "writing: No space left on device")
  }

  @Test func threadCarriesItsName() throws {
    let seen = Mutex("")
    let thread = try OwnedThread("stream-7") {
      let text = try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
      seen.withLock { $0 = text }
    }
    try thread.join()
    #expect(seen.withLock { $0 } == "stream-7\n")
  }
}
