import Contracts
import JSON
import Loyalty
import ServiceDomain
import StreamRuntime

/// What is kept of the members of one partition, and what leaves it.
final class EvaluatorBook {
  let tiers: TierBook
  let purchases: Store<PurchaseKey, PurchaseRow>

  private let context: ProcessorContext
  private var writer = JSONWriter()

  private static let source: StaticString = "tier-evaluator"

  init(_ context: ProcessorContext, _ programs: ProgramShelf) throws {
    self.context = context
    tiers = try TierBook(
      context, programs, store: TierTopology.tierStore,
      .init(source: Self.source, output: TierTopology.Output.tiers.rawValue, judgesPoints: false))
    purchases = try context.store(TierTopology.purchaseStore)
  }

  /// A member's state as it stands, or a new one.
  func state(_ memberId: String, _ programId: String) throws -> TierState {
    try tiers.states.get(TierKey(memberId: memberId, programId: programId))
      ?? TierState(memberId: memberId, programId: programId)
  }

  /// Removes every row of a member, clears `loyalty.tiers` of it, and says how many rows there were.
  func erase(memberId: String) throws -> Int {
    let purchaseRows = try purchases.scan(prefix: memberId + RecordKey.separator)
    for (key, _) in purchaseRows { try purchases.remove(key) }
    return purchaseRows.count + (try tiers.erase(memberId: memberId))
  }

  func report(_ report: PrivacyReport) {
    writer.reset()
    report.encode(to: &writer)
    context.outbox.send(
      EventAttributes(
        id: report.id, type: PrivacyReport.type, source: Self.source, occurredAt: report.occurredAt),
      topic: TierTopology.Output.privacyReports.rawValue, partition: nil, key: report.memberId,
      traceparent: tiers.traceparent, value: writer)
  }
}
