import JSON

/// How a shop names the member: `{"id"}`, or by card, phone or e-mail, which this version refuses.
enum MemberReference {
  /// The member's id. Values of the other ways are read past and never repeated.
  static func read(_ reader: inout JSONReader) throws -> String {
    var seen: UInt64 = 0
    var id: String?
    var other: (code: ContractViolation.Code, name: String)?
    var ways = 0
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextKey() {
      switch key {
      case "id":
        try reader.once(0, &seen)
        id = try reader.id()
        ways += 1
      case "card":
        other = (.memberByCard, "card")
        ways += 1
        try reader.skipValue()
      case "phone":
        other = (.memberByPhone, "phone")
        ways += 1
        try reader.skipValue()
      case "email":
        other = (.memberByEmail, "email")
        ways += 1
        try reader.skipValue()
      default:
        try reader.skipValue()
      }
    }
    if ways > 1 {
      throw reader.violation(.ambiguousMember, "names the member in more than one way; send the id alone", at: offset)
    }
    if let other {
      throw reader.violation(
        other.code, "names the member by \(other.name), which is not taken yet; send the id", at: offset)
    }
    return try id.required("id", in: reader, at: offset)
  }
}
