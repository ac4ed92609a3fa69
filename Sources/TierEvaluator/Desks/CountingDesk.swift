import Contracts
import Loyalty
import ServiceDomain

/// Counts purchases towards the members' tiers, and takes off what was returned.
struct CountingDesk {
  private let book: EvaluatorBook
  private let programs: ProgramShelf
  private let settings: TierSettings

  init(_ book: EvaluatorBook, _ programs: ProgramShelf, _ settings: TierSettings) {
    self.book = book
    self.programs = programs
    self.settings = settings
  }

  /// - Parameter now: the worker's time.
  func process(_ transaction: Transaction, now: Instant) throws {
    if let purchaseId = transaction.purchaseId {
      try takeBack(transaction, purchaseId, now)
    } else {
      for program in programs.inForce(at: transaction.occurredAt) where counts(transaction, program) {
        switch program.tierSpend(in: transaction.currency) {
        case .no: break
        case .asItIs: try count(transaction, at: nil, under: program, now)
        case .at(let rate): try count(transaction, at: rate, under: program, now)
        }
      }
    }
  }

  private func count(_ purchase: Transaction, at rate: TierRate?, under program: Program, _ now: Instant) throws {
    let key = CountedPurchaseKey(memberId: purchase.memberId, programId: program.id, purchaseId: purchase.id)
    var row = try book.purchases.get(key) ?? CountedPurchaseRow()
    guard !row.counted.contains(where: { $0.source == purchase.source }) else { return }
    var counted = CountedPurchase(of: purchase, rate: rate)
    guard row.canRemember(counted) else { return book.countTooManySources() }
    let clock = try count(counted.activity, by: purchase, under: program, now)
    let waiting = row.takeWaiting()
    try book.endWaiting(waiting, of: purchase.memberId, program.id)
    for reversal in waiting where reversal.deadline > clock {
      try reverse(reversal.transaction, &counted, under: program, now)
    }
    row.remember(counted, until: max(purchase.occurredAt, now).advanced(byMilliseconds: settings.purchaseMemoryMs))
    try book.purchases.put(key, row)
  }

  /// Every programme that counted the purchase takes off its own; where none has seen it, each that would count it
  /// waits.
  private func takeBack(_ reversal: Transaction, _ purchaseId: String, _ now: Instant) throws {
    var isKnown = false
    for programId in programs.catalog.programIds where reversal.programId ?? programId == programId {
      let key = CountedPurchaseKey(memberId: reversal.memberId, programId: programId, purchaseId: purchaseId)
      guard var row = try book.purchases.get(key), let index = row.index(for: reversal) else { continue }
      isKnown = true
      let purchasedAt = row.counted[index].occurredAt
      guard
        let program = programs.catalog.version(of: programId, at: max(purchasedAt, reversal.occurredAt)),
        program.tiers != nil, book.tiers.judges(programId)
      else { continue }
      try reverse(reversal, &row.counted[index], under: program, now)
      try book.purchases.put(key, row)
    }
    guard !isKnown else { return }
    for program in programs.inForce(at: reversal.occurredAt) where concerns(reversal, program) {
      try wait(reversal, purchaseId, under: program, now)
    }
  }

  private func reverse(
    _ reversal: Transaction, _ counted: inout CountedPurchase, under program: Program, _ now: Instant
  ) throws {
    guard let activity = counted.apply(reversal) else { return }
    _ = try count(activity, by: reversal, under: program, now)
  }

  /// Says what the member's own clock is after it.
  private func count(_ activity: TierActivity, by event: Transaction, under program: Program, _ now: Instant) throws
    -> Instant
  {
    var state = try book.state(event.memberId, program.id)
    _ = try book.tiers.count(
      activity, in: &state, occurredAt: event.occurredAt, now: now, cause: event.id, under: program)
    return max(state.clock, now)
  }

  /// Where it has no room the points engine refuses it by the same rule, and tells so.
  private func wait(_ reversal: Transaction, _ purchaseId: String, under program: Program, _ now: Instant) throws {
    let deadline = program.calendar.adding(days: program.returns.waitDays, to: reversal.occurredAt)
    let waiting = WaitingReturn(transaction: reversal, deadline: deadline, programVersion: program.version)
    guard try book.noteWaiting(waiting, under: program, now) else { return }
    let key = CountedPurchaseKey(memberId: reversal.memberId, programId: program.id, purchaseId: purchaseId)
    var row = try book.purchases.get(key) ?? CountedPurchaseRow()
    row.keepWaiting(waiting)
    try book.purchases.put(key, row)
  }

  private func counts(_ purchase: Transaction, _ program: Program) -> Bool {
    program.status == .active && concerns(purchase, program)
  }

  /// Whether a purchase or its return is of this version's tiers. One that is paused now may have counted the purchase
  /// of a return before.
  private func concerns(_ transaction: Transaction, _ program: Program) -> Bool {
    program.tiers != nil && (transaction.programId ?? program.id) == program.id
      && program.takesCurrency(of: transaction)
      && book.tiers.judges(program.id)
  }
}
