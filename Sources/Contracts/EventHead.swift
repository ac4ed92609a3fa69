import JSON
import Loyalty

/// The fields that events from outside have in common, read by one rule.
///
/// What the value leaves out is taken from the CloudEvents attributes; of a field that stands in both, the value's own
/// counts.
struct EventHead {
  private var type: String?
  private var id: String?
  private var occurredAt: Instant?
  private var memberId: String?
  private var source: String?
  private(set) var programId: String?

  private let attributes: EventEnvelope.Attributes?
  private let further: Fields
  private var seen: UInt64 = 0

  /// Fields beside `type`, `id` and `occurredAt`.
  struct Fields: OptionSet {
    let rawValue: UInt8
    static let memberId = Fields(rawValue: 1)
    static let source = Fields(rawValue: 2)
    static let programId = Fields(rawValue: 4)
  }

  init(_ attributes: EventEnvelope.Attributes?, _ further: Fields) {
    self.attributes = attributes
    self.further = further
  }

  /// For a value that may leave out its type and time.
  init(type: String, occurredAt: Instant) {
    self.init(nil, [])
    self.type = type
    self.occurredAt = occurredAt
  }

  /// Reads the value of `key` where it is one of these fields; false: it is another one, and nothing is read.
  mutating func read(_ key: JSONText, _ reader: inout JSONReader) throws -> Bool {
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
    case "memberId" where further.contains(.memberId):
      try reader.once(3, &seen)
      memberId = try reader.id()
    case "source" where further.contains(.source):
      try reader.once(4, &seen)
      source = try reader.id()
    case "programId" where further.contains(.programId):
      try reader.once(5, &seen)
      programId = try reader.id()
    default:
      return false
    }
    return true
  }

  // MARK: What was read

  func id(in reader: borrowing JSONReader) throws -> String {
    try (id ?? attributes?.checkedId()).required("id", in: reader)
  }

  func occurredAt(in reader: borrowing JSONReader) throws -> Instant {
    try (occurredAt ?? attributes?.checkedTime()).required("occurredAt", in: reader)
  }

  func memberId(in reader: borrowing JSONReader) throws -> String { try memberId.required("memberId", in: reader) }

  /// Nil where neither names one.
  func knownSource() throws -> String? { try source ?? attributes?.checkedSource() }

  /// The kind of event that `type` names; throws a violation that lists them all.
  func kind<Kind: RawRepresentable & CaseIterable>(_ kinds: Kind.Type, in reader: borrowing JSONReader) throws -> Kind
  where Kind.RawValue == String {
    guard let kind = Kind(rawValue: try typeName(in: reader)) else {
      let known = kinds.allCases.map(\.rawValue).joined(separator: ", ")
      throw ContractViolation(.unsupportedType, at: "$.type", "$.type must be one of \(known).")
    }
    return kind
  }

  /// For a topic with one type of event.
  func expect(_ only: String, in reader: borrowing JSONReader) throws {
    guard try typeName(in: reader) == only else {
      throw ContractViolation(.unsupportedType, at: "$.type", "$.type must be \(only).")
    }
  }

  private func typeName(in reader: borrowing JSONReader) throws -> String {
    try (type ?? attributes?.type).required("type", in: reader)
  }
}

/// Decodes an event, and names what is wrong with it by its place in the whole record.
func decoding<Value>(
  _ envelope: EventEnvelope, _ decode: (inout JSONReader) throws -> Value
) throws(ContractViolation) -> Value {
  do throws(ContractViolation) {
    return try decoding(envelope.data, decode)
  } catch {
    guard envelope.root != "$", error.path.hasPrefix("$") else { throw error }
    let path = envelope.root + error.path.dropFirst()
    throw ContractViolation(error.code, at: path, error.message.replacing(error.path, with: path))
  }
}
