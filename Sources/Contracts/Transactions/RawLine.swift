import JSON
import Loyalty

/// A line of a purchase or of a return as it was read, before type and currency are known. Its texts are borrowed from
/// the reader, so that laying it aside and taking it up again costs a plain copy of bytes.
struct RawLine {
  var sku: JSONText
  var lineId: JSONText?
  var category: JSONText?
  var brand: JSONText?
  var tender: JSONText?
  var quantity = ExactDecimal.one
  var amount: RawAmount?
  var discount: RawAmount?
  var tax: RawAmount?
  /// Taken off the slip before it was paid: as if it were not there.
  var isVoid = false
  /// Byte offset in the event, for errors.
  var offset: Int

  var namesAmounts: Bool { amount != nil || discount != nil || tax != nil }

  init(reading reader: inout JSONReader) throws {
    var sku: JSONText?
    var seen: UInt64 = 0
    try reader.beginObject()
    offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "sku":
        try reader.once(0, &seen)
        sku = try reader.idText()
      case "category":
        try reader.once(1, &seen)
        category = try reader.nameText()
      case "quantity":
        try reader.once(2, &seen)
        quantity = try reader.decimal(orThrow: .invalidQuantity)
        guard !quantity.isNegative else {
          throw reader.violation(.negativeQuantity, "must not be negative; send a purchase.returned for what came back")
        }
      case "amount":
        try reader.once(3, &seen)
        amount = try RawAmount(reading: &reader)
      case "discount":
        try reader.once(4, &seen)
        discount = try RawAmount(reading: &reader)
      case "tax":
        try reader.once(5, &seen)
        tax = try RawAmount(reading: &reader)
      case "brand":
        try reader.once(6, &seen)
        brand = try reader.nameText()
      case "tender":
        try reader.once(7, &seen)
        tender = try reader.nameText()
      case "lineId":
        try reader.once(8, &seen)
        lineId = try reader.idText()
      case "void":
        try reader.once(9, &seen)
        isVoid = try reader.bool()
      default:
        try reader.skipValue()
      }
    }
    self.sku = try sku.required("sku", in: reader, at: offset)
  }

  /// A negative amount is no price, and a negative discount would earn points for money that was never asked for. A
  /// discount above the amount does occur; such a line lowers the purchase's eligible spend.
  func purchaseLine(_ exponent: UInt8, _ reader: borrowing JSONReader) throws -> PurchaseLine {
    let amount = try amount.required("amount", in: reader, at: offset)
    return PurchaseLine(
      sku: sku.string, lineId: lineId?.string, category: category?.string, brand: brand?.string, quantity: quantity,
      amount: try amount.minorUnits(exponent, .notNegative, reader),
      discount: try discount.minorUnits(exponent, .notNegative, reader) ?? 0,
      tax: try tax.minorUnits(exponent, .anySign, reader) ?? 0, tender: tender?.string)
  }

  /// Where a return tells a line as the purchase did, its discount comes off. A line whose discount was above its price
  /// gave nothing back.
  func returnedLine(_ exponent: UInt8, _ reader: borrowing JSONReader) throws -> ReturnedLine {
    ReturnedLine(
      sku: sku.string, lineId: lineId?.string, quantity: quantity, amount: try net(exponent, reader).map { max(0, $0) })
  }

  /// Minor units, amount less discount; nil: no amount is told.
  func net(_ exponent: UInt8, _ reader: borrowing JSONReader) throws -> Int64? {
    let discount = try discount.minorUnits(exponent, .notNegative, reader) ?? 0
    return try amount.minorUnits(exponent, .notNegative, reader).map { $0 - discount }
  }
}
