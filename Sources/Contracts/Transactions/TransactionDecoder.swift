import JSON
import Loyalty

/// Reads purchases, returns and cancels: strictly where a field is known, tolerantly where it is not.
///
/// Known fields must be of the agreed kind and stand once. Unknown fields are read past, so that a shop may add fields
/// of its own. Amounts and quantities are exact: their digits are read as they stand, in quotes or not.
///
/// A decoder keeps its memory between events: with ids of up to 15 bytes, an event costs no allocation. Not for sharing
/// between threads.
package final class TransactionDecoder {
  private let form: TransactionForm
  /// Of the event at hand; they borrow from its reader.
  private var lines: [RawLine] = []
  private var payments: [RawPayment] = []
  /// Those of the purchase decoded last. Once nobody holds it any more, the next one takes their memory.
  private var purchaseLines: [PurchaseLine] = []

  package init(_ form: TransactionForm) { self.form = form }

  package func decode(_ envelope: EventEnvelope) throws(ContractViolation) -> Transaction {
    try receive(envelope).transaction
  }

  /// The same with the way in which the shop names the member.
  package func receive(_ envelope: EventEnvelope) throws(ContractViolation) -> ReceivedTransaction {
    try decoding(envelope) { reader in
      var raw = try self.read(&reader)
      if let attributes = envelope.attributes { try self.fill(&raw, from: attributes) }
      let member = try raw.member.required(self.form == .commerce ? "member" : "memberId", in: reader)
      return ReceivedTransaction(transaction: try self.transaction(raw, member, &reader), member: member)
    }
  }

  package func decode(_ bytes: UnsafeRawBufferPointer) throws(ContractViolation) -> Transaction {
    try decode(EventEnvelope(data: bytes))
  }

  // MARK: Reading, in the order of the document

  private func read(_ reader: inout JSONReader) throws -> RawTransaction {
    var raw = RawTransaction()
    var seen: UInt64 = 0
    lines.removeAll(keepingCapacity: true)
    payments.removeAll(keepingCapacity: true)
    try reader.beginObject()
    while let key = try reader.nextKey() {
      if try reader.isNull() {
        // The one null that says more than a field left out: the shop named nobody.
        if form == .commerce, key == "member" { raw.member = try reader.once(5, &seen) { _ in .nobody } }
        continue
      }
      switch key {
      case "lines":
        try reader.once(0, &seen)
        raw.hasLines = true
        raw.linesOffset = reader.position
        try readLines(&reader)
      case "type":
        try reader.once(1, &seen)
        raw.event = try event(reader.text(), reader)
      case "id":
        try reader.once(2, &seen)
        raw.id = try reader.id()
      case "occurredAt":
        try reader.once(3, &seen)
        raw.occurredAt = try reader.instant()
      case "source":
        try reader.once(4, &seen)
        raw.source = try reader.id()
      case "member" where form == .commerce:
        try reader.once(5, &seen)
        raw.member = try MemberReference.read(&reader)
      case "memberId" where form == .accepted:
        try reader.once(5, &seen)
        raw.member = .id(try reader.id())
      case "currency":
        try reader.once(6, &seen)
        guard let currency = Currency.known(try reader.text().bytes) else {
          throw reader.violation(.unknownCurrency, "must be an active ISO 4217 currency code such as VND")
        }
        raw.currency = currency
      case "store":
        try reader.once(7, &seen)
        raw.store = try reader.name()
      case "channel":
        try reader.once(8, &seen)
        raw.channel = try reader.name()
      default:
        try readRest(key, &raw, &seen, &reader)
      }
    }
    return raw
  }

  /// Amounts and what else an event may leave out.
  private func readRest(
    _ key: JSONText, _ raw: inout RawTransaction, _ seen: inout UInt64, _ reader: inout JSONReader
  ) throws {
    switch key {
    case "discount":
      try reader.once(9, &seen)
      raw.discount = try RawAmount(reading: &reader)
    case "shipping":
      try reader.once(10, &seen)
      raw.shipping = try RawAmount(reading: &reader)
    case "tax":
      try reader.once(11, &seen)
      raw.tax = try RawAmount(reading: &reader)
    case "total":
      try reader.once(12, &seen)
      raw.total = try RawAmount(reading: &reader)
    case "programId":
      try reader.once(13, &seen)
      raw.programId = try reader.id()
    case "purchaseId":
      try reader.once(14, &seen)
      raw.purchaseId = try reader.id()
    case "refund":
      try reader.once(15, &seen)
      raw.refund = try RawAmount(reading: &reader)
    case "payments":
      try reader.once(16, &seen)
      try readPayments(&reader)
    default:
      try reader.skipValue()
    }
  }

  private func readPayments(_ reader: inout JSONReader) throws {
    try reader.beginArray()
    while try reader.nextElement() {
      guard payments.count < Transaction.paymentsMax else {
        throw reader.violation(.tooManyLines, "holds more than \(Transaction.paymentsMax) payments; add up those alike")
      }
      payments.append(try RawPayment(reading: &reader))
    }
  }

  private func readLines(_ reader: inout JSONReader) throws {
    try reader.beginArray()
    while try reader.nextElement() {
      guard lines.count < Transaction.linesMax else {
        throw reader.violation(.tooManyLines, "holds more than \(Transaction.linesMax) lines; split the purchase")
      }
      lines.append(try RawLine(reading: &reader))
    }
  }

  private func event(_ type: JSONText, _ reader: borrowing JSONReader) throws -> TransactionForm.Event {
    for event in [TransactionForm.Event.purchase, .returned, .cancelled] where type == form.type(of: event) {
      return event
    }
    throw reader.violation(
      .unsupportedType,
      "must be one of \(form.type(of: .purchase)), \(form.type(of: .returned)), \(form.type(of: .cancelled))")
  }

  /// Takes what the value leaves out from the CloudEvents attributes.
  private func fill(_ raw: inout RawTransaction, from attributes: EventEnvelope.Attributes) throws {
    if raw.event == nil, let type = attributes.type {
      raw.event = [.purchase, .returned, .cancelled].first { "\(form.type(of: $0))" == type }
      if raw.event == nil { throw ContractViolation(.unsupportedType, at: "type", "The type attribute is not known.") }
    }
    if raw.id == nil { raw.id = try attributes.checkedId() }
    if raw.source == nil { raw.source = try attributes.checkedSource() }
    if raw.occurredAt == nil { raw.occurredAt = try attributes.checkedTime() }
  }

  // MARK: Judging what was read

  private func transaction(
    _ raw: consuming RawTransaction, _ member: MemberReference, _ reader: inout JSONReader
  ) throws -> Transaction {
    let event = try raw.event.required("type", in: reader)
    // A cancel may leave out the currency, and so may a return that names quantities only: no amount hangs on it.
    let namesAmounts = event == .purchase || raw.refund != nil || lines.contains { $0.amount != nil }
    let currency = namesAmounts ? try raw.currency.required("currency", in: reader) : raw.currency ?? .unspecified
    let exponent = currency.exponent
    var transaction = Transaction(
      id: try raw.id.required("id", in: reader), source: try raw.source.required("source", in: reader),
      kind: .purchase,
      memberId: member.id ?? "",
      programId: raw.programId, occurredAt: try raw.occurredAt.required("occurredAt", in: reader), currency: currency,
      store: raw.store, channel: raw.channel)
    switch event {
    case .purchase:
      if !raw.hasLines { _ = try Bool?.none.required("lines", in: reader) }
      if lines.isEmpty {
        throw reader.violation(.noLines, "is empty; a purchase has at least one line", at: raw.linesOffset)
      }
      transaction.orderDiscount = try raw.discount.minorUnits(exponent, .notNegative, reader) ?? 0
      transaction.shipping = try raw.shipping.minorUnits(exponent, .notNegative, reader) ?? 0
      transaction.tax = try raw.tax.minorUnits(exponent, .anySign, reader) ?? 0
      purchaseLines.removeAll(keepingCapacity: true)
      var sum: Int64 = 0
      var gross: Int64 = 0
      for line in lines { purchaseLines.append(try line.purchaseLine(exponent, reader)) }
      for index in purchaseLines.indices {
        sum += purchaseLines[index].amount - purchaseLines[index].discount
        gross += purchaseLines[index].amount
      }
      transaction.lines = purchaseLines
      guard gross <= Money.largestMinorUnits else {
        throw reader.violation(.amountOutOfRange, "sums to more than an amount may be", at: raw.linesOffset)
      }
      transaction.payments = try payments.map { try $0.payment(exponent, reader) }
      transaction.total =
        try raw.total.minorUnits(exponent, .anySign, reader)
        ?? sum - transaction.orderDiscount + transaction.shipping + transaction.tax
    case .returned:
      let refund = try raw.refund.minorUnits(exponent, .notNegative, reader)
      if refund == nil, lines.isEmpty {
        throw ContractViolation(.noLines, at: "$", "$ must name what was returned, in lines or as a refund amount.")
      }
      transaction.kind = .returned(
        Return(
          purchaseId: try raw.purchaseId.required("purchaseId", in: reader),
          lines: try lines.map { try $0.returnedLine(exponent, reader) }, refund: refund))
    case .cancelled:
      transaction.kind = .cancelled(purchaseId: try raw.purchaseId.required("purchaseId", in: reader))
    }
    return transaction
  }

  /// The fields of an event before anything is known of the others.
  private struct RawTransaction {
    var event: TransactionForm.Event?
    var id: String?
    var source: String?
    var occurredAt: Instant?
    var member: MemberReference?
    var programId: String?
    var currency: Currency?
    var store: String?
    var channel: String?
    var purchaseId: String?
    var refund: RawAmount?
    var discount: RawAmount?
    var shipping: RawAmount?
    var tax: RawAmount?
    var total: RawAmount?
    var hasLines = false
    var linesOffset = 0
  }
}
