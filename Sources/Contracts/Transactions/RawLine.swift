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

  /// The fields of a line, numbered for `once`.
  enum Field: UInt64 {
    case sku, category, quantity, amount, discount, tax, brand, tender, lineId, void, other

    init(named key: JSONText) {
      self =
        switch key {
        case "sku": .sku
        case "category": .category
        case "quantity": .quantity
        case "amount": .amount
        case "discount": .discount
        case "tax": .tax
        case "brand": .brand
        case "tender": .tender
        case "lineId": .lineId
        case "void": .void
        default: .other
        }
    }
  }

  /// - Parameter order: how the fields stood in the line before.
  init(reading reader: inout JSONReader, _ order: inout KeyOrder<Field>) throws {
    var sku: JSONText?
    var seen: UInt64 = 0
    try reader.beginObject()
    offset = reader.lastOffset
    order.begin()
    while let field = try reader.nextKey(&order, named: Field.init(named:)) {
      if try reader.isNull() { continue }
      if field != .other { try reader.once(field.rawValue, &seen) }
      switch field {
      case .sku: sku = try reader.idText()
      case .category: category = try reader.nameText()
      case .quantity:
        quantity = try reader.decimal(orThrow: .invalidQuantity)
        guard !quantity.isNegative else {
          throw reader.violation(.negativeQuantity, "must not be negative; send a purchase.returned for what came back")
        }
      case .amount: amount = try RawAmount(reading: &reader)
      case .discount: discount = try RawAmount(reading: &reader)
      case .tax: tax = try RawAmount(reading: &reader)
      case .brand: brand = try reader.nameText()
      case .tender: tender = try reader.nameText()
      case .lineId: lineId = try reader.idText()
      case .void: isVoid = try reader.bool()
      case .other: try reader.skipValue()
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
