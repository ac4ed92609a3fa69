import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What one partition keeps of requests, and what leaves it.
final class PrivacyBook {
  let context: ProcessorContext
  let requests: Store<String, RequestRow>
  /// Open requests and when each was asked for.
  private(set) var open: [String: Instant] = [:]
  private let publisher: EventPublisher
  private let tasks: EventPublisher.Output
  private let certificates: EventPublisher.Output
  private let members: EventPublisher.Output

  init(_ context: ProcessorContext, _ publisher: EventPublisher) throws {
    self.context = context
    self.publisher = publisher
    tasks = publisher.output(.privacyTasks)
    certificates = publisher.output(.privacyCertificates)
    members = publisher.ownPartition(of: .members)
    requests = try context.store(PrivacyTopology.requests)
    for (id, row) in try requests.scan(prefix: "") {
      if case .open = row.state { open[id] = row.requestedAt }
    }
  }

  /// The worker's time, but not before what it is about.
  func now(notBefore instant: Instant) -> Instant {
    max(instant, Instant(milliseconds: context.clock.nowMs))
  }

  func put(_ requestId: String, _ row: RequestRow) throws {
    try requests.put(requestId, row)
    switch row.state {
    case .open: open[requestId] = row.requestedAt
    case .closed: open[requestId] = nil
    }
  }

  func send(_ task: PrivacyTask, to partition: Int32) {
    publisher.publish(task, to: tasks, partition: partition, key: task.memberId)
  }

  /// The last trace of an erased member: the profile goes from its compacted topic. One that was written by another
  /// partitioner before strays were sent on may lie in any of the other partitions still.
  func deleteProfile(of memberId: String) {
    publisher.sendTombstone(to: members, key: memberId)
    for partition in 0..<Int32(context.partitionCount) where partition != context.partition {
      publisher.clear(memberId, of: members, partition: partition)
    }
  }

  func certify(
    _ requestId: String, _ row: RequestRow, _ outcome: PrivacyCertificate.Outcome, at now: Instant
  ) {
    publisher.publish(
      PrivacyCertificate(
        requestId: requestId, kind: row.kind, requestedAt: row.requestedAt, outcome: outcome, occurredAt: now),
      to: certificates, key: requestId)
  }
}
