/// Takes the consumer's rebalance calls, which cannot throw, to the thread, which can.
final class RebalanceInbox: RebalanceListener {
  weak var thread: StreamThread?
  private var failure: (any Error)?
  private(set) var isQuiet = true

  func partitionsAssigned(_ partitions: [TopicPartition]) { attempt { try $0.assigned(partitions) } }

  func partitionsRevoked(_ partitions: [TopicPartition], lost: Bool) {
    attempt { try $0.revoked(partitions, lost: lost) }
  }

  /// The first failure since the last call.
  func takeFailure() -> (any Error)? {
    defer {
      failure = nil
      isQuiet = true
    }
    return failure
  }

  private func attempt(_ handle: (StreamThread) throws -> Void) {
    isQuiet = false
    guard let thread else { return }
    do {
      try handle(thread)
    } catch {
      if failure == nil { failure = error }
    }
  }
}
