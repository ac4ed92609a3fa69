import Contracts
import JSON
import Loyalty
import ServiceDomain

/// Counts points towards the members' tiers where a programme measures them: what the ledger says was earned, corrected
/// and reversed.
struct PointsDesk {
  private let book: TierBook
  private let programs: ProgramShelf
  private let meters: Meters
  private let settings: TierSettings

  init(_ book: TierBook, _ programs: ProgramShelf, _ meters: Meters, _ settings: TierSettings) {
    self.book = book
    self.programs = programs
    self.meters = meters
    self.settings = settings
  }

  /// Whether an entry concerns a programme that measures points. Reads no further than to the programme's id.
  func concerns(_ entry: UnsafeRawBufferPointer) throws(ContractViolation) -> Bool {
    guard meters.countsAnyPoints else { return false }
    guard let programId = try LedgerEntry.programId(of: entry) else { return true }
    return meters.countsPoints(programId)
  }

  /// - Parameter now: the worker's time.
  func take(_ entry: LedgerEntry, now: Instant) throws {
    guard let id = entry.award, let program = programs.catalog.version(of: entry.programId, at: entry.occurredAt),
      program.tiers != nil
    else { return }
    let key = PurchaseKey(memberId: entry.memberId, programId: entry.programId, purchaseId: id)
    // What reverses or corrects an award that is not known any more changes nothing that is still counted.
    guard var row = try book.awards.get(key) ?? AwardRow(opening: entry, settings) else { return }
    let rated = programs.catalog.version(of: entry.programId, number: entry.programVersion) ?? program
    let isBase = rated.earning.contains { $0.id == entry.rule }
    let activity = row.award.apply(entry, isBase: isBase)
    try book.awards.put(key, row)
    guard let activity else { return }
    _ = try book.count(
      activity, of: entry.memberId, occurredAt: entry.occurredAt, now: now, cause: entry.cause, under: program)
  }
}

extension AwardRow {
  /// nil unless the entry opens an award. What a campaign's budget or a late tier change gave may come as a correction
  /// alone; one of an award that may have been known and forgotten opens none.
  fileprivate init?(opening entry: LedgerEntry, _ settings: TierSettings) {
    switch entry.type {
    case .pointsEarned: break
    case .pointsCorrected where entry.debit == .programIssued:
      let remembered = entry.occurredAt.advanced(byMilliseconds: settings.purchaseMemoryMs)
      guard entry.bookedAt < remembered else { return nil }
    default: return nil
    }
    self.init(
      award: CountedAward(earnedAt: entry.occurredAt),
      forgetAt: max(entry.occurredAt, entry.bookedAt).advanced(byMilliseconds: settings.purchaseMemoryMs))
  }
}
