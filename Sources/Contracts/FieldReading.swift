import JSON
import Loyalty

/// Fields as the contract knows them, read off a `JSONReader`. All throw `JSONError` or `ContractViolation`.
extension JSONReader {
  /// The error for the value that was read last.
  package func violation(_ code: ContractViolation.Code, _ problem: String) -> ContractViolation {
    violation(code, problem, at: lastOffset)
  }

  package func violation(_ code: ContractViolation.Code, _ problem: String, at offset: Int) -> ContractViolation {
    let path = path(at: offset)
    return ContractViolation(code, at: path, "\(path) \(problem).")
  }

  /// The next key whose value is not null, or nil at the object's end. A null says what a field says that is left out,
  /// whatever the field.
  package mutating func nextField() throws(JSONError) -> JSONText? {
    while let key = try nextKey() {
      guard try isNull() else { return key }
    }
    return nil
  }

  /// Notes that the key just read was seen, before its value is read; `bit` is the caller's own numbering of its keys.
  ///
  /// The contract refuses an object that names a known field twice: which of the two was meant nobody can tell.
  @inline(__always)
  package func once(_ bit: UInt64, _ seen: inout UInt64) throws {
    guard seen & (1 << bit) == 0 else { throw standsTwice() }
    seen |= 1 << bit
  }

  @inline(never)
  private func standsTwice() -> ContractViolation {
    violation(.duplicateField, "stands there twice; send it once", at: position)
  }

  /// The same, and reads the value.
  mutating func once<Value>(
    _ bit: UInt64, _ seen: inout UInt64, _ read: (inout JSONReader) throws -> Value
  ) throws -> Value {
    try once(bit, &seen)
    return try read(&self)
  }

  /// An id: 1–128 characters, none of them a control character, no space around.
  package mutating func id() throws -> String { try idText().string }

  /// The same, borrowed from the reader.
  mutating func idText() throws -> JSONText {
    let text = try text()
    guard FieldRules.isPlainId(text.bytes) || FieldRules.isId(text.string) else {
      throw violation(
        .invalidId, "must have 1 to 128 printable characters, without control characters and without spaces around")
    }
    return text
  }

  /// A name such as a category: printable text of at most 1024 bytes. Empty text counts as absent.
  package mutating func name() throws -> String? { try nameText()?.string }

  /// The same, borrowed from the reader.
  mutating func nameText() throws -> JSONText? {
    let text = try text()
    guard text.count <= FieldRules.textBytesMax else {
      throw violation(.invalidText, "must not be longer than \(FieldRules.textBytesMax) bytes")
    }
    for byte in text.bytes where byte < 0x20 || byte == 0x7F {
      throw violation(.invalidText, "must not hold control characters")
    }
    return text.isEmpty ? nil : text
  }

  package mutating func instant() throws -> Instant {
    guard let instant = Instant(rfc3339: try text().bytes) else {
      throw violation(
        .invalidInstant, "must be an RFC 3339 date and time with an offset, such as 2026-11-22T13:04:41+07:00")
    }
    return instant
  }

  /// An exact decimal given as a string or as a number.
  package mutating func decimal(orThrow code: ContractViolation.Code) throws -> ExactDecimal {
    try writtenDecimal(orThrow: code).value
  }

  /// The same with how many decimals it is written: three of 45.000, which whoever separates thousands by a point means
  /// as forty-five thousand.
  mutating func writtenDecimal(orThrow code: ContractViolation.Code) throws -> (value: ExactDecimal, decimals: Int) {
    let digits: JSONText
    switch try peek() {
    case .string: digits = try text()
    case .number: digits = try number()
    default:
      skipToValue()
      throw violation(.wrongKind, "must be a decimal number, as text or as a number")
    }
    guard let written = ExactDecimal.written(digits.bytes) else {
      throw violation(code, "must be a decimal number such as \"12.50\", of at most 18 digits")
    }
    return written
  }

  package mutating func points() throws -> Points {
    guard try peek() == .number, let value = Int64(digits: try number()) else {
      skipToValue()
      throw violation(.invalidPoints, "must be a whole number of points")
    }
    guard value.magnitude <= Points.largestMovement.value.magnitude else {
      throw violation(.invalidPoints, "is larger than one movement may be (\(Points.largestMovement.value))")
    }
    return Points(value)
  }

  /// Points that are a sum over many movements, such as a balance.
  package mutating func totalPoints() throws -> Points {
    let value = try integer()
    guard value.magnitude <= Points.largestRead.value.magnitude else {
      throw violation(.invalidPoints, "is larger than any sum of points may be (\(Points.largestRead.value))")
    }
    return Points(value)
  }

  /// The same of what cannot be less than `minimum`.
  package mutating func totalPoints(atLeast minimum: Int64) throws -> Points {
    let points = try totalPoints()
    guard points.value >= minimum else { throw violation(.invalidValue, "must be at least \(minimum)") }
    return points
  }

  /// A whole number of at least `minimum` and at most `maximum`.
  package mutating func count(atLeast minimum: Int64, atMost maximum: Int64 = FieldRules.countMax) throws -> Int64 {
    let value = try integer()
    guard value >= minimum else { throw violation(.invalidValue, "must be at least \(minimum)") }
    guard value <= maximum else { throw violation(.invalidValue, "must be at most \(maximum)") }
    return value
  }

  /// A text that services make out of ids, such as that of an entry.
  package mutating func madeText() throws -> String {
    let text = try text()
    guard text.count <= FieldRules.madeTextBytesMax else {
      throw violation(.invalidText, "must not be longer than \(FieldRules.madeTextBytesMax) bytes")
    }
    return text.string
  }

  /// One of an enum's words.
  package mutating func word<Word: RawRepresentable & CaseIterable>(_ words: Word.Type) throws -> Word
  where Word.RawValue == String {
    let text = try string()
    guard let word = Word(rawValue: text) else {
      let known = words.allCases.map(\.rawValue).joined(separator: ", ")
      throw violation(.invalidValue, "must be one of \(known)")
    }
    return word
  }

  /// Lets an error point at the value that comes next.
  private mutating func skipToValue() {
    lastOffset = position
  }
}

extension Optional {
  /// The value of a field that must be there.
  package func required(_ name: String, in reader: borrowing JSONReader, at offset: Int = 0) throws -> Wrapped {
    guard let self else {
      let path = reader.path(at: offset) + "." + name
      throw ContractViolation(.missingField, at: path, "\(path) is missing; every such event must carry it.")
    }
    return self
  }
}

/// Runs a decoder over bytes and turns what it throws into a `ContractViolation`.
package func decoding<Value>(
  _ bytes: UnsafeRawBufferPointer, _ decode: (inout JSONReader) throws -> Value
) throws(ContractViolation) -> Value {
  var reader = JSONReader(bytes)
  do {
    let value = try decode(&reader)
    try reader.finish()
    return value
  } catch let error as JSONError {
    throw ContractViolation(error)
  } catch let error as ContractViolation {
    throw error
  } catch {
    preconditionFailure("a decoder threw \(type(of: error)), which is neither a JSON error nor a violation")
  }
}
