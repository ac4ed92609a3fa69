import Contracts
import Loyalty
import ServiceDomain

/// What a purchase must keep beyond its form: its time, its programme, its currency.
final class PurchaseRules {
  private let book: IngestBook

  static let forwardingLoop = ContractViolation(
    .forwardingLoop, at: "$.member",
    "$.member was merged into another member, and that one back into it; have the profiles mended.")

  init(_ book: IngestBook) { self.book = book }

  /// A purchase's own programme must be known, and its currency be taken by some programme: by any version of it, since a
  /// programme may be published after its first purchases. While no programme is published, everything passes.
  func check(_ transaction: Transaction) throws(ContractViolation) {
    let catalog = book.programs.catalog
    if !catalog.isEmpty {
      if let id = transaction.programId, !catalog.programIds.contains(id) {
        throw ContractViolation(
          .unknownProgramme, at: "$.programId",
          "$.programId names no programme that was published; leave it out to mean every programme.")
      }
      guard transaction.kind != .purchase || catalog.takes(transaction.currency, in: transaction.programId) else {
        throw ContractViolation(
          .currencyNotTaken, at: "$.currency", "$.currency is taken by no programme that the purchase could count for.")
      }
    }
    try checkTime(transaction)
  }

  /// On stream time the order of partitions would decide, so time is judged on wall time only.
  private func checkTime(_ transaction: Transaction) throws(ContractViolation) {
    guard book.context.clock.mode == .wall else { return }
    let occurredMs = transaction.occurredAt.milliseconds
    guard occurredMs <= book.nowMs + book.settings.futureToleranceMs else {
      throw ContractViolation(
        .inTheFuture, at: "$.occurredAt", "$.occurredAt lies in the future; check the clock of the till.")
    }
    guard transaction.kind == .purchase else { return }
    let limits = book.programs.programs(for: transaction).map(\.intake.lateDays)
    // Without a programme, or with one that sets no limit, nothing is too late.
    guard !limits.isEmpty, !limits.contains(nil), let days = limits.compactMap({ $0 }).max() else { return }
    guard occurredMs >= book.nowMs - Int64(days) * 86_400_000 else {
      throw ContractViolation(
        .tooOld, at: "$.occurredAt", "$.occurredAt lies further back than the programme takes purchases (\(days) days)."
      )
    }
  }
}

extension ProgramShelf {
  /// The programmes in force when the transaction occurred that it could count for.
  func programs(for transaction: Transaction) -> [Program] {
    inForce(at: transaction.occurredAt).filter {
      (transaction.programId == nil || transaction.programId == $0.id)
        && $0.currencies.contains(transaction.currency)
    }
  }
}
