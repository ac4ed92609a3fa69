import JSON
import Loyalty
import Rewards

/// A basket as a till tells it.
extension Basket {
  func encode(to writer: inout JSONWriter) {
    let exponent = currency.exponent
    writer.beginObject()
    writer.field("currency", currency.code)
    writer.key("lines")
    writer.beginArray()
    for line in lines {
      writer.beginObject()
      writer.field("sku", line.sku)
      writer.field("category", line.category)
      writer.field("brand", line.brand)
      writer.field("quantity", line.quantity)
      writer.field("amount", minorUnits: line.amount, exponent: exponent)
      writer.amount("tax", line.tax, exponent)
      writer.endObject()
    }
    writer.endArray()
    writer.amount("shipping", shipping, exponent)
    writer.endObject()
  }

  /// As a file holds it.
  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try Basket(reading: &reader) }
  }

  init(reading reader: inout JSONReader) throws {
    var currency: Currency?
    var raw: [RawBasketLine] = []
    var shipping: RawAmount?
    var seen: UInt64 = 0
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "currency": currency = try reader.once(0, &seen) { try $0.currency() }
      case "shipping": shipping = try reader.once(1, &seen) { try RawAmount(reading: &$0) }
      case "lines":
        try reader.once(2, &seen)
        try reader.beginArray()
        while try reader.nextElement() {
          guard raw.count < Basket.linesMax else {
            throw reader.violation(.tooManyLines, "must not have more than \(Basket.linesMax) lines")
          }
          raw.append(try RawBasketLine(reading: &reader))
        }
      default: try reader.skipValue()
      }
    }
    let known = try currency.required("basket.currency", in: reader)
    var lines: [BasketLine] = []
    for line in raw { lines.append(try line.line(known.exponent, reader)) }
    self.init(
      currency: known, lines: lines, shipping: try shipping.minorUnits(known.exponent, .notNegative, reader) ?? 0)
  }
}

/// A line before the basket's currency is known.
private struct RawBasketLine {
  private var texts: [String: String] = [:]
  private var quantity: Int64 = 1
  private var amount: RawAmount?
  private var tax: RawAmount?
  private var offset: Int

  init(reading reader: inout JSONReader) throws {
    var seen: UInt64 = 0
    try reader.beginObject()
    offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "sku": texts["sku"] = try reader.once(0, &seen) { try $0.id() }
      case "category": texts["category"] = try reader.once(1, &seen) { try $0.name() }
      case "brand": texts["brand"] = try reader.once(2, &seen) { try $0.name() }
      case "quantity":
        quantity = try reader.once(3, &seen) { try $0.count(atLeast: 1, atMost: BasketLine.quantityMax) }
      case "amount": amount = try reader.once(4, &seen) { try RawAmount(reading: &$0) }
      case "tax": tax = try reader.once(5, &seen) { try RawAmount(reading: &$0) }
      default: try reader.skipValue()
      }
    }
  }

  func line(_ exponent: UInt8, _ reader: borrowing JSONReader) throws -> BasketLine {
    let amount = try amount.required("amount", in: reader, at: offset).minorUnits(exponent, .notNegative, reader)
    let taxUnits = try tax.minorUnits(exponent, .notNegative, reader) ?? 0
    guard taxUnits <= amount else {
      throw reader.violation(.amountOutOfRange, "must not be more than the line's amount", at: tax?.offset ?? offset)
    }
    return BasketLine(
      sku: try texts["sku"].required("sku", in: reader, at: offset), category: texts["category"],
      brand: texts["brand"], quantity: quantity, amount: amount, tax: taxUnits)
  }
}
