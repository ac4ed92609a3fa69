import JSON
import Loyalty

/// How a shop names the member of a purchase: in exactly one way, or as nobody (`null`), so that the purchase can be
/// claimed later. Personal data: it is never written down or logged.
package enum MemberReference: Equatable, Sendable {
  case id(String)
  /// As ``CardNumber`` has it.
  case card(String)
  /// E.164, see ``PhoneNumber``.
  case phone(String)
  /// As it was sent: which spellings are the same is for ingest to say.
  case email(String)
  case nobody

  package var id: String? {
    guard case .id(let id) = self else { return nil }
    return id
  }

  static func read(_ reader: inout JSONReader) throws -> MemberReference {
    var seen: UInt64 = 0
    var found: MemberReference?
    var ways = 0
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "id":
        try reader.once(0, &seen)
        found = .id(try reader.id())
      case "card":
        try reader.once(1, &seen)
        found = .card(
          try text(&reader, .invalidCard, "a card number of 4 to 64 letters and digits") {
            CardNumber.normalised($0)
          })
      case "phone":
        try reader.once(2, &seen)
        found = .phone(
          try text(&reader, .invalidPhone, "an E.164 phone number, or a Vietnamese one such as 0901 234 567") {
            PhoneNumber.normalised($0)
          })
      case "email":
        try reader.once(3, &seen)
        found = .email(
          try text(&reader, .invalidEmail, "an e-mail address") { EmailAddress.isAddress($0) ? $0 : nil })
      default:
        try reader.skipValue()
        continue
      }
      ways += 1
    }
    if ways > 1 {
      throw reader.violation(.ambiguousMember, "names the member in more than one way; send one of them", at: offset)
    }
    return try found.required("id", in: reader, at: offset)
  }

  private static func text(
    _ reader: inout JSONReader, _ code: ContractViolation.Code, _ what: String, _ normalise: (String) -> String?
  ) throws -> String {
    let text = try reader.string()
    guard let normal = normalise(text) else { throw reader.violation(code, "must be \(what)") }
    return normal
  }
}

/// A purchase, return, cancel or exchange as a shop sent it.
package struct ReceivedTransaction: Equatable, Sendable {
  /// With an empty `memberId` unless the shop named the member by id.
  package var transaction: Transaction
  package var member: MemberReference
  /// Of an exchange: what came back for the purchase, to be booked before it. Else empty.
  package var returned: [Transaction] = []
}
