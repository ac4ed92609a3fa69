import JSON
import Loyalty

/// One of a purchase's payments as it was read, before the currency is known.
struct RawPayment {
  var tender: String
  var amount: RawAmount
  /// Byte offset in the event, for errors.
  var offset: Int

  init(reading reader: inout JSONReader) throws {
    var tender: String?
    var amount: RawAmount?
    var seen: UInt64 = 0
    try reader.beginObject()
    offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "tender":
        try reader.once(0, &seen)
        tender = try reader.id()
      case "amount":
        try reader.once(1, &seen)
        amount = try RawAmount(reading: &reader)
      default:
        try reader.skipValue()
      }
    }
    self.tender = try tender.required("tender", in: reader, at: offset)
    self.amount = try amount.required("amount", in: reader, at: offset)
  }

  func payment(_ exponent: UInt8, _ reader: borrowing JSONReader) throws -> Payment {
    Payment(tender: tender, amount: try amount.minorUnits(exponent, .notNegative, reader))
  }
}
