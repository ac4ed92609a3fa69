import JSON

/// Why an event is refused: a code that stays the same from release to release, the field, and a sentence for the
/// person who has to mend it. Never holds a value of the event, so it may be logged and published.
package struct ContractViolation: Error, Equatable, CustomStringConvertible {
  package var code: Code
  /// JSON path of the field, such as `$.lines[2].quantity`; `$` for the event as a whole.
  package var path: String
  package var message: String

  /// Codes are part of the contract: `topics/schemas/rejection.schema.json` lists them.
  package enum Code: String, CaseIterable, Sendable {
    case emptyValue = "empty-value"
    case tooLarge = "too-large"
    case notUTF8 = "not-utf8"
    case notJSON = "not-json"
    case nestedTooDeeply = "nested-too-deeply"
    case unsupportedEnvelope = "unsupported-envelope"
    case unsupportedType = "unsupported-type"
    case missingField = "missing-field"
    case duplicateField = "duplicate-field"
    case wrongKind = "wrong-kind"
    case invalidText = "invalid-text"
    case invalidId = "invalid-id"
    case invalidInstant = "invalid-instant"
    case invalidValue = "invalid-value"
    case inTheFuture = "in-the-future"
    case unknownCurrency = "unknown-currency"
    case invalidAmount = "invalid-amount"
    case tooManyDecimals = "too-many-decimals"
    case amountOutOfRange = "amount-out-of-range"
    case negativeAmount = "negative-amount"
    case invalidQuantity = "invalid-quantity"
    case negativeQuantity = "negative-quantity"
    case invalidPoints = "invalid-points"
    case noLines = "no-lines"
    case tooManyLines = "too-many-lines"
    case invalidCard = "invalid-card"
    case invalidPhone = "invalid-phone"
    case invalidEmail = "invalid-email"
    case ambiguousMember = "ambiguous-member"
    case severalMembers = "several-members"
    case forwardingLoop = "forwarding-loop"
    case tooOld = "too-old"
    case unknownProgramme = "unknown-programme"
    case currencyNotTaken = "currency-not-taken"
    case conflictingDuplicate = "conflicting-duplicate"
    case purchaseNotFound = "purchase-not-found"
    case tooManyReturns = "too-many-returns"
    case totalMismatch = "total-mismatch"
  }

  package init(_ code: Code, at path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  /// What the reader found wrong, in the contract's words.
  package init(_ error: JSONError) {
    let code: Code =
      switch error.kind {
      case .encoding: .notUTF8
      case .type: .wrongKind
      case .depth: .nestedTooDeeply
      case .duplicateKey: .duplicateField
      case .endOfInput, .syntax, .trailingBytes: .notJSON
      }
    switch code {
    // Where the text itself is broken, what seems to be a path may be an accident.
    case .notJSON: self.init(code, at: "$", "The value is not JSON: \(error.message) at byte \(error.offset).")
    case .notUTF8: self.init(code, at: "$", "The value is not UTF-8 at byte \(error.offset); send UTF-8.")
    default: self.init(code, at: error.path, "\(error.path) is not as agreed: \(error.message).")
    }
  }

  package var description: String { "\(code.rawValue) at \(path): \(message)" }
}
