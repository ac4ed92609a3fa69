import Loyalty

/// What a purchase must keep beyond its form: its programme, its currency, its time.
package enum PurchaseRules {
  /// A purchase's own programme must be known, and its currency be taken by some programme: by any version of it, since
  /// a programme may be published after its first purchases. While no programme is published, everything passes.
  package static func check(_ transaction: Transaction, _ catalog: ProgramCatalog) throws(ContractViolation) {
    guard !catalog.isEmpty else { return }
    if let id = transaction.programId, !catalog.programIds.contains(id) {
      throw ContractViolation(
        .unknownProgramme, at: "$.programId",
        "$.programId names no programme that was published; leave it out to mean every programme.")
    }
    guard case .purchase = transaction.kind else { return }
    guard catalog.takes(transaction.currency, in: transaction.programId) else {
      throw ContractViolation(
        .currencyNotTaken, at: "$.currency", "$.currency is taken by no programme that the purchase could count for.")
    }
  }

  /// - Parameters:
  ///   - inForce: the programmes in force when the transaction occurred.
  ///   - nowMs: by the machine's clock, milliseconds since 1970.
  ///   - futureToleranceMs: how far ahead of it an event may be, milliseconds.
  package static func checkTime(
    _ transaction: Transaction, inForce: [Program], nowMs: Int64, futureToleranceMs: Int64
  ) throws(ContractViolation) {
    let occurredMs = transaction.occurredAt.milliseconds
    guard occurredMs <= nowMs + futureToleranceMs else {
      throw ContractViolation(
        .inTheFuture, at: "$.occurredAt", "$.occurredAt lies in the future; check the clock of the till.")
    }
    guard case .purchase = transaction.kind else { return }
    var days = -1
    for program in inForce where program.takes(transaction) {
      // With one programme that sets no limit, nothing is too late.
      guard let limit = program.intake.lateDays else { return }
      days = max(days, limit)
    }
    guard days < 0 || occurredMs >= nowMs - Int64(days) * Instant.dayMs else {
      throw ContractViolation(
        .tooOld, at: "$.occurredAt", "$.occurredAt lies further back than the programme takes purchases (\(days) days)."
      )
    }
  }
}

extension ContractViolation {
  package static let conflictingDuplicate = ContractViolation(
    .conflictingDuplicate, at: "$.id",
    "$.id was used by this source for another event, which stands; send this one under an id of its own.")
}

extension Program {
  /// Whether a purchase, or the one that a return is of, could count for the programme.
  package func takes(_ transaction: Transaction) -> Bool {
    (transaction.programId == nil || transaction.programId == id) && takesCurrency(of: transaction)
  }
}
