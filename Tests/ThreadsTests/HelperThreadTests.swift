import Dispatch
import Testing
import Threads

@Suite(.timeLimit(.minutes(10))) struct HelperThreadTests {
  /// No lock: the helper and its owner hand it to each other.
  private final class Count {
    var value = 0
  }

  @Test func ownerSeesWhatEachPieceOfWorkHasDone() throws {
    let helper = try HelperThread("helper")
    let count = Count()
    for number in 1...1_000 {
      helper.start { count.value += 1 }
      helper.wait()
      #expect(count.value == number && !helper.isBusy)
    }
    helper.close()
  }

  @Test func isBusyUntilTheWorkIsDone() throws {
    let helper = try HelperThread("helper")
    let mayGoOn = DispatchSemaphore(value: 0)
    #expect(!helper.isBusy)
    helper.start { mayGoOn.wait() }
    #expect(helper.isBusy)
    mayGoOn.signal()
    helper.wait()
    #expect(!helper.isBusy)
    helper.wait()
    helper.close()
  }

  @Test func closeWaitsForTheWork() throws {
    let helper = try HelperThread("helper")
    let count = Count()
    helper.start { for _ in 0..<100_000 { count.value += 1 } }
    helper.close()
    #expect(count.value == 100_000)
  }
}
