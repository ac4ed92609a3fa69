import Loyalty

/// What a purchase must keep beyond its form: its programme, its currency, its time.
package struct PurchaseRules {
  package var catalog: ProgramCatalog
  /// The programmes in force at an instant, as the catalogue has them.
  package var inForce: (Instant) -> [Program]
  /// Now, by the machine's clock, milliseconds since 1970; nil: times are not judged.
  package var nowMs: Int64?
  package var futureToleranceMs: Int64

  package init(
    catalog: ProgramCatalog, inForce: @escaping (Instant) -> [Program], nowMs: Int64?, futureToleranceMs: Int64
  ) {
    self.catalog = catalog
    self.inForce = inForce
    self.nowMs = nowMs
    self.futureToleranceMs = futureToleranceMs
  }

  /// A purchase's own programme must be known, and its currency be taken by some programme: by any version of it, since a
  /// programme may be published after its first purchases. While no programme is published, everything passes.
  package func check(_ transaction: Transaction) throws(ContractViolation) {
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
    if let nowMs { try checkTime(transaction, nowMs) }
  }

  private func checkTime(_ transaction: Transaction, _ nowMs: Int64) throws(ContractViolation) {
    let occurredMs = transaction.occurredAt.milliseconds
    guard occurredMs <= nowMs + futureToleranceMs else {
      throw ContractViolation(
        .inTheFuture, at: "$.occurredAt", "$.occurredAt lies in the future; check the clock of the till.")
    }
    guard transaction.kind == .purchase else { return }
    let limits = inForce(transaction.occurredAt).filter { $0.takes(transaction) }.map(\.intake.lateDays)
    // Without a programme, or with one that sets no limit, nothing is too late.
    guard !limits.isEmpty, !limits.contains(nil), let days = limits.compactMap({ $0 }).max() else { return }
    guard occurredMs >= nowMs - Int64(days) * 86_400_000 else {
      throw ContractViolation(
        .tooOld, at: "$.occurredAt", "$.occurredAt lies further back than the programme takes purchases (\(days) days)."
      )
    }
  }
}

extension Program {
  /// Whether a purchase could count for the programme.
  package func takes(_ transaction: Transaction) -> Bool {
    (transaction.programId == nil || transaction.programId == id) && currencies.contains(transaction.currency)
  }
}
