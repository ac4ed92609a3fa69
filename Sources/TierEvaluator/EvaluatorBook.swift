import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What is kept of the members of one partition.
final class EvaluatorBook {
  let tiers: TierBook
  let purchases: Store<CountedPurchaseKey, CountedPurchaseRow>
  private let context: ProcessorContext

  init(_ context: ProcessorContext, _ programs: ProgramShelf, _ publisher: EventPublisher) throws {
    self.context = context
    tiers = try TierBook(context, programs, publisher, store: TierTopology.tiers, judgesAsBooked: false)
    purchases = try context.store(TierTopology.purchases)
  }

  /// A member's state as it stands, or a new one.
  func state(_ memberId: String, _ programId: String) throws -> TierState {
    try tiers.states.get(TierKey(memberId: memberId, programId: programId))
      ?? TierState(memberId: memberId, programId: programId)
  }

  /// Notes that a return is to wait; false: it waits already, or too many do.
  func noteWaiting(_ waiting: WaitingReturn, under program: Program, _ now: Instant) throws -> Bool {
    let returned = waiting.transaction
    var state = try self.state(returned.memberId, program.id)
    guard state.noteWaiting(waiting, at: max(state.clock, returned.occurredAt, now)) else { return false }
    try tiers.keep(state, [])
    return true
  }

  func endWaiting(_ returns: [WaitingReturn], of memberId: String, _ programId: String) throws {
    guard !returns.isEmpty else { return }
    var state = try self.state(memberId, programId)
    state.endWaiting(returns)
    try tiers.keep(state, [])
  }

  /// A purchase does not count, because too many sources have sent one under its id.
  func countTooManySources() { context.counts.rejected("too-many-sources") }

  /// Removes every row of a member, clears `loyalty.tiers` of it, and says how many rows there were.
  func erase(memberId: String) throws -> Int {
    let purchaseRows = try purchases.scan(prefix: memberId + RecordKey.separator)
    for (key, _) in purchaseRows { try purchases.remove(key) }
    return purchaseRows.count + (try tiers.erase(memberId: memberId))
  }
}
