import JSON
import Loyalty

/// What counts towards the next level now and later, as `loyalty.tiers` and the account statement tell it.
extension TierProgress {
  func encode(to writer: inout JSONWriter) {
    writer.key("progress")
    writer.beginObject()
    writer.field("asOf", asOf)
    writer.field("counted", counted)
    writer.field("endsAt", endsAt)
    writer.key("leaves")
    writer.beginArray()
    for leave in leaves {
      writer.beginObject()
      writer.field("at", leave.at)
      writer.field("amount", leave.amount)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    var asOf: Instant?
    var counted: ExactDecimal?
    var endsAt: Instant?
    var leaves: [Leave] = []
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "asOf": asOf = try reader.instant()
      case "counted": counted = try reader.decimal(orThrow: .invalidValue)
      case "endsAt": endsAt = try reader.instant()
      case "leaves":
        leaves.removeAll()
        try reader.beginArray()
        while try reader.nextElement() {
          guard leaves.count < Self.leavesMax else {
            throw reader.violation(.invalidValue, "must hold \(Self.leavesMax) parts at most")
          }
          leaves.append(try Leave(reading: &reader))
        }
      default: try reader.skipValue()
      }
    }
    self.init(
      asOf: try asOf.required("asOf", in: reader, at: offset),
      counted: try counted.required("counted", in: reader, at: offset), endsAt: endsAt, leaves: leaves)
  }
}

extension TierProgress.Leave {
  fileprivate init(reading reader: inout JSONReader) throws {
    var at: Instant?
    var amount: ExactDecimal?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "at": at = try reader.instant()
      case "amount": amount = try reader.decimal(orThrow: .invalidValue)
      default: try reader.skipValue()
      }
    }
    self.init(
      at: try at.required("at", in: reader, at: offset),
      amount: try amount.required("amount", in: reader, at: offset))
  }
}
