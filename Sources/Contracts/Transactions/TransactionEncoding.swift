import JSON
import Loyalty

/// The value of `loyalty.transactions`. Fields that are empty or zero are left out.
extension Transaction {
  package var event: TransactionForm.Event {
    switch kind {
    case .purchase: .purchase
    case .returned: .returned
    case .cancelled: .cancelled
    }
  }

  package func encode(to writer: inout JSONWriter) {
    let exponent = currency.exponent
    writer.beginObject()
    writer.field("type", literal: TransactionForm.accepted.type(of: event))
    writer.field("id", id)
    writer.field("occurredAt", milliseconds: occurredAt.milliseconds)
    writer.field("source", source)
    writer.field("memberId", memberId)
    writer.field("programId", programId)
    if currency != .unspecified { writer.field("currency", currency.code) }
    writer.field("store", store)
    writer.field("channel", channel)
    switch kind {
    case .purchase:
      writer.key("lines")
      writer.beginArray()
      // Of a buffer's elements none is copied, which takes longer than writing a short text.
      lines.withUnsafeBufferPointer { lines in
        for index in lines.indices { lines[index].encode(to: &writer, exponent: exponent) }
      }
      writer.endArray()
      if !payments.isEmpty {
        writer.key("payments")
        writer.beginArray()
        for payment in payments {
          writer.beginObject()
          writer.field("tender", payment.tender)
          writer.field("amount", minorUnits: payment.amount, exponent: exponent)
          writer.endObject()
        }
        writer.endArray()
      }
      writer.amount("discount", orderDiscount, exponent)
      writer.amount("shipping", shipping, exponent)
      writer.amount("tax", tax, exponent)
      writer.field("total", minorUnits: total, exponent: exponent)
    case .returned(let returned):
      writer.field("purchaseId", returned.purchaseId)
      if !returned.lines.isEmpty {
        writer.key("lines")
        writer.beginArray()
        for line in returned.lines { line.encode(to: &writer, exponent: exponent) }
        writer.endArray()
      }
      if let refund = returned.refund { writer.field("refund", minorUnits: refund, exponent: exponent) }
      // What is told to be nothing is told: no other amount is in the refund then.
      if let shipping = returned.shipping { writer.field("shipping", minorUnits: shipping, exponent: exponent) }
      if let tax = returned.tax { writer.field("tax", minorUnits: tax, exponent: exponent) }
    case .cancelled(let purchaseId):
      writer.field("purchaseId", purchaseId)
    }
    writer.endObject()
  }
}

extension PurchaseLine {
  func encode(to writer: inout JSONWriter, exponent: UInt8) {
    writer.beginObject()
    writer.field("sku", sku)
    writer.field("lineId", lineId)
    writer.field("category", category)
    writer.field("brand", brand)
    writer.key("quantity")
    writer.number(quantity)
    writer.field("amount", minorUnits: amount, exponent: exponent)
    writer.amount("discount", discount, exponent)
    writer.amount("tax", tax, exponent)
    writer.field("tender", tender)
    writer.endObject()
  }
}

extension ReturnedLine {
  func encode(to writer: inout JSONWriter, exponent: UInt8) {
    writer.beginObject()
    writer.field("sku", sku)
    writer.field("lineId", lineId)
    writer.key("quantity")
    writer.number(quantity)
    if let amount { writer.field("amount", minorUnits: amount, exponent: exponent) }
    writer.endObject()
  }
}
