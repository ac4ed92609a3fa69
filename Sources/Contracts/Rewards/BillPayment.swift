import JSON
import Loyalty

/// Points that are to pay on a bill.
package struct BillPayment: Equatable, Sendable {
  /// At most so many.
  package var points: Points
  package var bill: String
  /// What the bill comes to.
  package var total: Money

  package init(_ points: Points, on bill: String, of total: Money) {
    self.points = points
    self.bill = bill
    self.total = total
  }

  func encode(to writer: inout JSONWriter) {
    writer.field("pay", points)
    writer.field("bill", bill)
    writer.field("currency", total.currency.code)
    writer.field("amount", minorUnits: total.minorUnits, exponent: total.currency.exponent)
  }
}

/// The fields of a ``BillPayment`` among those of a request, in any order.
struct BillPaymentReading {
  private var seen: UInt64 = 0
  private var points: Points?
  private var bill: String?
  private var currency: Currency?
  private var amount: RawAmount?

  /// Whether the field was one of these.
  mutating func read(_ key: borrowing JSONText, _ reader: inout JSONReader) throws -> Bool {
    switch key {
    case "pay":
      let paid = try reader.once(0, &seen) { try $0.points() }
      guard paid > 0 else { throw reader.violation(.invalidPoints, "must be positive") }
      points = paid
    case "bill": bill = try reader.once(1, &seen) { try $0.id() }
    case "currency": currency = try reader.once(2, &seen) { try $0.currency() }
    case "amount": amount = try reader.once(3, &seen) { try RawAmount(reading: &$0) }
    default: return false
    }
    return true
  }

  /// nil: nothing is to be paid.
  func payment(of quantity: Int64, in reader: borrowing JSONReader) throws -> BillPayment? {
    guard let points else { return nil }
    guard quantity == 1 else {
      throw ContractViolation(.invalidValue, at: "$.quantity", "$.quantity must be 1 where points pay on a bill.")
    }
    let bill = try bill.required("bill", in: reader)
    let currency = try currency.required("currency", in: reader)
    let amount = try amount.required("amount", in: reader)
    let total = Money(minorUnits: try amount.minorUnits(currency.exponent, .notNegative, reader), currency: currency)
    return BillPayment(points, on: bill, of: total)
  }
}
