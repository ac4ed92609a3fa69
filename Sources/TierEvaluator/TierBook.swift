import Contracts
import JSON
import Loyalty
import StreamRuntime

/// What the evaluator keeps of the members in one partition, and how tier changes leave it.
final class TierBook {
  let tiers: Store<String, TierState>
  /// By member and purchase id.
  let purchases: Store<String, PurchaseRow>
  /// The `traceparent` of the record at hand, for what it causes. Valid while that record is.
  var traceparent: UnsafeRawBufferPointer?
  private let context: ProcessorContext
  private var writer = JSONWriter(capacity: 1024)

  init(_ context: ProcessorContext) throws {
    self.context = context
    tiers = try context.store(TierEvaluator.tiers)
    purchases = try context.store(TierEvaluator.purchases)
  }

  /// The tier as it stands, or a new member's.
  func state(_ memberId: String, _ programId: String) throws -> TierState {
    try tiers.get(RecordKey.memberProgram(memberId, programId)) ?? TierState(memberId: memberId, programId: programId)
  }

  func keep(_ state: TierState, _ changes: [TierChange]) throws {
    let key = RecordKey.memberProgram(state.memberId, state.programId)
    try tiers.put(key, state)
    for change in changes {
      writer.reset()
      change.encode(to: &writer)
      let attributes = EventAttributes(
        id: change.eventId, type: "\(TierChange.type)", source: TierEvaluator.eventSource, occurredAt: change.since)
      context.outbox.send(
        attributes, topic: TierEvaluator.Output.tiers, partition: context.partition, key: key,
        traceparent: traceparent, value: writer)
    }
  }

  /// Forgets a member's tier; its tombstone clears the topic of it.
  func end(_ key: String) throws {
    try tiers.remove(key)
    context.outbox.sendTombstone(topic: TierEvaluator.Output.tiers, partition: context.partition, key: key)
  }

  func report(_ report: PrivacyReport) {
    writer.reset()
    report.encode(to: &writer)
    let attributes = EventAttributes(
      id: report.id, type: "\(PrivacyReport.type)", source: TierEvaluator.eventSource, occurredAt: report.occurredAt)
    context.outbox.send(
      attributes, topic: TierEvaluator.Output.privacyReports, partition: context.partition, key: report.memberId,
      traceparent: traceparent, value: writer)
  }
}

extension Outbox: EventSink {}
