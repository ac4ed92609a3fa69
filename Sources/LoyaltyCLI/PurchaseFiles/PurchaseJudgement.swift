import Contracts
import JSON
import Loyalty

/// What becomes of the purchases of a file: whether ingest would take them, and what is wrong with those that it would
/// not.
extension PurchaseCheck {
  /// An event that ingest would take.
  package struct Taken {
    /// Valid while it is lent.
    package var event: UnsafeRawBufferPointer
    package var isCloudEvent: Bool
    package var received: ReceivedTransaction
  }

  /// Lends what ingest would take; else returns all that is wrong. Nothing of a purchase with a fault is taken.
  package func judge(
    _ content: PurchaseFile.Row, row: Int, taken: (Taken) throws -> Void
  ) throws -> [RowReport] {
    switch content {
    case .refused(let refusal): return [RowReport(refusal, row: row)]
    case .event(let event): return try judge(event, row: row, taken: taken)
    case .purchase(let purchase, let mapping): return try judge(purchase, mapping, taken: taken)
    }
  }

  private func judge(
    _ event: UnsafeRawBufferPointer, row: Int, taken: (Taken) throws -> Void
  ) throws -> [RowReport] {
    let isCloudEvent = ReplayKey(ofLine: event).isCloudEvent
    let received: ReceivedTransaction
    do throws(ContractViolation) {
      received = try receive(event, isCloudEvent: isCloudEvent)
    } catch {
      return [RowReport(error, row: row, event: event)]
    }
    try taken(Taken(event: event, isCloudEvent: isCloudEvent, received: received))
    return []
  }

  private func judge(
    _ purchase: CSVPurchase, _ mapping: ColumnMapping, taken: (Taken) throws -> Void
  ) throws -> [RowReport] {
    let writer = CSVEventWriter(mapping)
    let (event, unclear) = writer.event(purchase)
    let refusals = purchase.refusals + unclear
    guard refusals.isEmpty else {
      let reports = refusals.map { RowReport($0, purchase) } + faults(of: purchase, beside: unclear, writer)
      return RowReport.capped(reports)
    }
    return try event.withUnsafeBytes { bytes in
      let received: ReceivedTransaction
      do {
        received = try decode(bytes, isCloudEvent: false)
      } catch {
        return faults(of: purchase, beside: [], writer)
      }
      do throws(ContractViolation) {
        try checkRules(received.transaction)
      } catch {
        return [RowReport(error, purchase, mapping)]
      }
      if let mismatch = TotalCheck.mismatch(received.transaction, purchase, mapping) {
        return [RowReport(mismatch, purchase)]
      }
      try taken(Taken(event: bytes, isCloudEvent: false, received: received))
      return []
    }
  }

  /// All fields that the decoder refuses: what it names first gives way to something harmless, and it is asked again.
  private func faults(
    of purchase: CSVPurchase, beside unclear: [RowRefusal], _ writer: CSVEventWriter
  ) -> [RowReport] {
    var reports: [RowReport] = []
    var replaced = Set(unclear.map(\.path))
    // Where a row cannot be read, what seems to be missing may stand there.
    let hasAllRows = !purchase.refusals.contains { $0.code == .brokenQuotes || $0.code == .tooManyCells }
    while reports.count < RowReport.reportsMax {
      let event = writer.event(purchase, replacing: replaced).event
      let found = event.withUnsafeBytes { bytes -> ContractViolation? in
        do throws(ContractViolation) {
          _ = try decode(bytes, isCloudEvent: false)
          return nil
        } catch {
          return error
        }
      }
      guard let found else { break }
      // Of a currency that is not known nobody can tell the decimals.
      let isCompanion = found.code == .tooManyDecimals && replaced.contains("$.currency")
      let seemsMissing = found.code == .missingField || found.code == .noLines
      if !isCompanion, hasAllRows || !seemsMissing {
        reports.append(RowReport(found, purchase, writer.mapping))
      }
      guard replaced.insert(found.path).inserted else { break }
    }
    return reports
  }
}

/// Whether a purchase's total is what its lines come to: where a row is missing, it is not.
enum TotalCheck {
  static func mismatch(_ transaction: Transaction, _ purchase: CSVPurchase, _ mapping: ColumnMapping) -> RowRefusal? {
    guard transaction.kind == .purchase, purchase.fields["total"] != nil else { return nil }
    let net = transaction.lines.reduce(0) { $0 + $1.amount - $1.discount } - transaction.orderDiscount
    let lineTax = transaction.lines.reduce(0) { $0 + $1.tax }
    // Prices may include the tax, and a tax may be told of the lines or of the whole.
    let sums = [transaction.tax, lineTax, 0].map { net + transaction.shipping + $0 }
    let exponent = transaction.currency.exponent
    let within = mapping.totalWithin.minorUnits(exponent: exponent) ?? 0
    guard !sums.contains(where: { abs($0 - transaction.total) <= within }) else { return nil }
    func text(_ amount: Int64) -> String { ExactDecimal(minorUnits: amount, exponent: exponent).text }
    return .totalMismatch(
      told: text(transaction.total), counted: text(sums[0] == sums[2] ? sums[1] : sums[0]),
      column: mapping.column(of: "total"))
  }
}
