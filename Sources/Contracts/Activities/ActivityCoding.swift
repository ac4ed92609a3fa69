import JSON
import Loyalty

/// The value of `loyalty.activities`.
extension Activity {
  package static let type: StaticString = "activity"

  /// Attributes that are no numbers are not kept, so they are not written either.
  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("source", source)
    writer.field("memberId", memberId)
    writer.field("programId", programId)
    writer.field("activity", name)
    if !numbers.isEmpty {
      writer.key("attributes")
      writer.beginObject()
      for (name, value) in numbers.sorted(by: { $0.key < $1.key }) {
        writer.key(name)
        writer.number(value)
      }
      writer.endObject()
    }
    writer.endObject()
  }

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope.data) { reader in
      try Activity(reading: &reader, envelope.attributes)
    }
  }

  private init(reading reader: inout JSONReader, _ attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    var type = attributes?.type
    var id = try attributes?.checkedId()
    var source = try attributes?.checkedSource()
    var occurredAt = try attributes?.checkedTime()
    var memberId: String?
    var programId: String?
    var name: String?
    var numbers: [String: ExactDecimal] = [:]
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "type":
        try reader.once(0, &seen)
        type = try reader.string()
      case "id":
        try reader.once(1, &seen)
        id = try reader.id()
      case "occurredAt":
        try reader.once(2, &seen)
        occurredAt = try reader.instant()
      case "source":
        try reader.once(3, &seen)
        source = try reader.id()
      case "memberId":
        try reader.once(4, &seen)
        memberId = try reader.id()
      case "programId":
        try reader.once(5, &seen)
        programId = try reader.id()
      case "activity":
        try reader.once(6, &seen)
        name = try reader.id()
      case "attributes":
        try reader.once(7, &seen)
        numbers = try Self.readNumbers(&reader)
      default:
        try reader.skipValue()
      }
    }
    guard try type.required("type", in: reader) == "\(Self.type)" else {
      throw ContractViolation(.unsupportedType, at: "$.type", "$.type must be \(Self.type).")
    }
    self.init(
      id: try id.required("id", in: reader), source: try source.required("source", in: reader),
      memberId: try memberId.required("memberId", in: reader), programId: programId,
      occurredAt: try occurredAt.required("occurredAt", in: reader), name: try name.required("activity", in: reader),
      numbers: numbers)
  }

  private static func readNumbers(_ reader: inout JSONReader) throws -> [String: ExactDecimal] {
    var numbers: [String: ExactDecimal] = [:]
    var count = 0
    try reader.beginObject()
    while let key = try reader.nextKey() {
      count += 1
      guard count <= attributesMax else {
        throw reader.violation(.tooLarge, "holds more than \(attributesMax) attributes")
      }
      let name = key.string
      switch try reader.peek() {
      case .number:
        guard numbers[name] == nil else { throw reader.violation(.duplicateField, "holds a field twice; send it once") }
        numbers[name] = try reader.decimal(orThrow: .invalidValue)
      case .string, .bool, .null: try reader.skipValue()
      case .object, .array:
        try reader.skipValue()
        throw reader.violation(.wrongKind, "must be text, a number, true or false")
      }
    }
    return numbers
  }
}
