import JSON
import Loyalty

/// The value of `loyalty.activities`.
extension Activity {
  package static let type: StaticString = "activity"

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope) { reader in
      try Activity(reading: &reader, envelope.attributes)
    }
  }

  private init(reading reader: inout JSONReader, _ attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    var head = EventHead(attributes, [.memberId, .source, .programId])
    var name: String?
    var numbers: [String: ExactDecimal] = [:]
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "activity":
        try reader.once(0, &seen)
        name = try reader.id()
      case "attributes":
        try reader.once(1, &seen)
        numbers = try Self.readNumbers(&reader)
      default:
        try reader.skipValue()
      }
    }
    try head.expect("\(Self.type)", in: reader)
    self.init(
      id: try head.id(in: reader), source: try head.knownSource().required("source", in: reader),
      memberId: try head.memberId(in: reader), programId: head.programId, occurredAt: try head.occurredAt(in: reader),
      name: try name.required("activity", in: reader), numbers: numbers)
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
      guard key.count <= FieldRules.textBytesMax else {
        throw reader.violation(
          .invalidText, "must not have names of more than \(FieldRules.textBytesMax) bytes", at: reader.position)
      }
      let name = key.string
      switch try reader.peek() {
      case .number:
        guard numbers[name] == nil else {
          throw reader.violation(.duplicateField, "stands there twice; send it once", at: reader.position)
        }
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
