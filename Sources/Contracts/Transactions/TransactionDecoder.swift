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
  /// What came back in an exchange.
  private var returnedLines: [RawLine] = []
  private var payments: [RawPayment] = []
  private var lineFields = KeyOrder<RawLine.Field>()
  /// Those of the purchase decoded last. Once nobody holds it any more, the next one takes their memory.
  private var purchaseLines: [PurchaseLine] = []

  package init(_ form: TransactionForm) { self.form = form }

  /// What ingest writes of an event of `Rejection.originalBytesMax` takes less, and so do the rows of it.
  static let acceptedBytesMax = 512 * 1024

  package func decode(_ envelope: EventEnvelope) throws(ContractViolation) -> Transaction {
    try receive(envelope).transaction
  }

  /// The same with the way in which the shop names the member.
  package func receive(_ envelope: EventEnvelope) throws(ContractViolation) -> ReceivedTransaction {
    if form == .accepted, envelope.data.count > Self.acceptedBytesMax {
      throw ContractViolation(
        .tooLarge, at: "$", "The value is larger than \(Self.acceptedBytesMax) bytes, which ingest does not write.")
    }
    return try decoding(envelope) { reader in
      var raw = try self.read(&reader)
      if let attributes = envelope.attributes { try self.fill(&raw, from: attributes) }
      let member = try raw.member.required(self.form == .commerce ? "member" : "memberId", in: reader)
      return try self.received(raw, member, &reader)
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
    returnedLines.removeAll(keepingCapacity: true)
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
        try readLines(&lines, &reader)
      case "type":
        try reader.once(1, &seen)
        raw.kind = try kind(reader.text(), reader)
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
          throw reader.violation(.unknownCurrency, "must be an ISO 4217 currency code such as VND")
        }
        raw.currency = currency
        raw.currencyOffset = reader.lastOffset
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
    case "returned" where form == .commerce:
      try reader.once(17, &seen)
      raw.hasReturned = true
      try readLines(&returnedLines, &reader)
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

  private func readLines(_ lines: inout [RawLine], _ reader: inout JSONReader) throws {
    try reader.beginArray()
    while try reader.nextElement() {
      guard lines.count < Transaction.linesMax else {
        throw reader.violation(.tooManyLines, "holds more than \(Transaction.linesMax) lines; split the purchase")
      }
      let line = try RawLine(reading: &reader, &lineFields)
      if !line.isVoid { lines.append(line) }
    }
  }

  private func kind(_ type: JSONText, _ reader: borrowing JSONReader) throws -> TransactionKind {
    guard let kind = form.kind(named: { type == $0 }) else {
      throw reader.violation(.unsupportedType, "must be one of \(form.types)")
    }
    return kind
  }

  /// Takes what the value leaves out from the CloudEvents attributes.
  private func fill(_ raw: inout RawTransaction, from attributes: EventEnvelope.Attributes) throws {
    if raw.kind == nil, let type = attributes.type {
      raw.kind = form.kind { "\($0)" == type }
      if raw.kind == nil { throw ContractViolation(.unsupportedType, at: "type", "The type attribute is not known.") }
    }
    if raw.id == nil { raw.id = try attributes.checkedId() }
    if raw.source == nil { raw.source = try attributes.checkedSource() }
    if raw.occurredAt == nil { raw.occurredAt = try attributes.checkedTime() }
  }

  // MARK: Judging what was read

  private func received(
    _ raw: consuming RawTransaction, _ member: MemberReference, _ reader: inout JSONReader
  ) throws -> ReceivedTransaction {
    let kind = try raw.kind.required("type", in: reader)
    // A cancel may leave out the currency, and so may a return that names quantities only: no amount hangs on it.
    let namesAmounts =
      kind == .purchase || kind == .exchanged || raw.refund != nil || lines.contains { $0.namesAmounts }
      || kind == .returned && raw.namesAmounts
    let currency = namesAmounts ? try raw.currency.required("currency", in: reader) : raw.currency ?? .unspecified
    var transaction = Transaction(
      id: try raw.id.required("id", in: reader), source: try raw.source.required("source", in: reader),
      kind: .purchase,
      memberId: member.id ?? "",
      programId: raw.programId, occurredAt: try raw.occurredAt.required("occurredAt", in: reader), currency: currency,
      store: raw.store, channel: raw.channel)
    var returned: [Transaction] = []
    switch kind {
    case .purchase: try fill(&transaction, raw, reader)
    case .returned:
      let parts = ReturnParts(lines: lines, refund: raw.refund, total: raw.total, shipping: raw.shipping, tax: raw.tax)
      let purchaseId = try raw.purchaseId.required("purchaseId", in: reader)
      transaction.kind = .returned(try parts.returned(of: purchaseId, currency.exponent, reader))
    case .cancelled:
      transaction.kind = .cancelled(purchaseId: try raw.purchaseId.required("purchaseId", in: reader))
    case .exchanged:
      returned = [try returnedPart(of: transaction, raw, reader)]
      try fill(&transaction, raw, reader)
    }
    return ReceivedTransaction(transaction: transaction, member: member, returned: returned)
  }

  /// What is bought: lines, and what was paid for them.
  private func fill(
    _ transaction: inout Transaction, _ raw: borrowing RawTransaction, _ reader: borrowing JSONReader
  ) throws {
    let exponent = transaction.currency.exponent
    if !raw.hasLines { _ = try Bool?.none.required("lines", in: reader) }
    if lines.isEmpty {
      throw reader.violation(
        .noLines, "is empty; a purchase has at least one line that is not void", at: raw.linesOffset)
    }
    if let withdrawn = WithdrawnCurrency.find(transaction.currency), !withdrawn.isMoney(at: transaction.occurredAt) {
      throw reader.violation(
        .unknownCurrency, "was money until \(withdrawn.lastDay.text); send the amounts in \(withdrawn.successor.code)",
        at: raw.currencyOffset)
    }
    transaction.orderDiscount = try raw.discount.minorUnits(exponent, .notNegative, reader) ?? 0
    transaction.shipping = try raw.shipping.minorUnits(exponent, .notNegative, reader) ?? 0
    let tax = try raw.tax.minorUnits(exponent, .anySign, reader)
    transaction.tax = tax ?? 0
    purchaseLines.removeAll(keepingCapacity: true)
    var sum: Int64 = 0
    var gross: Int64 = 0
    var taxOfLines: Int64 = 0
    for line in lines {
      let line = try line.purchaseLine(exponent, reader)
      sum += line.net
      gross += line.amount
      taxOfLines += line.tax
      purchaseLines.append(line)
    }
    transaction.lines = purchaseLines
    guard gross <= Money.largestMinorUnits else {
      throw reader.violation(.amountOutOfRange, "sums to more than an amount may be", at: raw.linesOffset)
    }
    try checkLineIds(reader)
    transaction.payments = try payments.map { try $0.payment(exponent, reader) }
    let whole = sum - transaction.orderDiscount + transaction.shipping + (tax ?? taxOfLines)
    let told = try raw.total.minorUnits(exponent, .anySign, reader)
    // Whoever reads it written down holds a total to the bound of every amount.
    guard told != nil || whole.magnitude <= Money.largestMinorUnits.magnitude else {
      throw reader.violation(
        .amountOutOfRange, "with discount, shipping and tax comes to more than an amount may be", at: raw.linesOffset)
    }
    transaction.total = told ?? whole
  }

  /// No two lines of a purchase have one id.
  private func checkLineIds(_ reader: borrowing JSONReader) throws {
    guard lines.indices.contains(where: { lines[$0].lineId != nil }) else { return }
    var ids: Set<String> = []
    for line in lines {
      guard let id = line.lineId?.string, !ids.insert(id).inserted else { continue }
      throw reader.violation(
        .invalidValue, "has a lineId that another line of the purchase has; give each its own", at: line.offset)
    }
  }

  /// The return of an exchange, under an id of its own that follows from the exchange's.
  private func returnedPart(
    of exchange: Transaction, _ raw: borrowing RawTransaction, _ reader: borrowing JSONReader
  ) throws -> Transaction {
    var transaction = exchange
    transaction.id += TransactionForm.exchangeReturnSuffix
    guard FieldRules.isId(transaction.id) else {
      throw ContractViolation(
        .invalidId, at: "$.id",
        "$.id of an exchange has \(FieldRules.idLengthMax - TransactionForm.exchangeReturnSuffix.count) characters at most."
      )
    }
    if !raw.hasReturned { _ = try Bool?.none.required("returned", in: reader) }
    let purchaseId = try raw.purchaseId.required("purchaseId", in: reader)
    let parts = ReturnParts(lines: returnedLines, refund: raw.refund)
    transaction.kind = .returned(try parts.returned(of: purchaseId, exchange.currency.exponent, reader))
    return transaction
  }

  /// The fields of an event before anything is known of the others.
  private struct RawTransaction {
    var kind: TransactionKind?
    var id: String?
    var source: String?
    var occurredAt: Instant?
    var member: MemberReference?
    var programId: String?
    var currency: Currency?
    var currencyOffset = 0
    var store: String?
    var channel: String?
    var purchaseId: String?
    var refund: RawAmount?
    var discount: RawAmount?
    var shipping: RawAmount?
    var tax: RawAmount?
    var total: RawAmount?
    var hasLines = false
    var hasReturned = false
    var linesOffset = 0

    /// What a return tells beside its lines and its refund.
    var namesAmounts: Bool { shipping != nil || tax != nil || total != nil }
  }
}
