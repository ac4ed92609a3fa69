import JSON

/// Where a member has the shop's app, or has allowed a browser to show its messages. As good as an e-mail address:
/// whoever has the token and the shop's key reaches the device.
package struct MemberDevice: Equatable, Sendable {
  /// As Firebase gave it to the app.
  package var token: String
  package var platform: Platform
  /// Which of the shop's apps; nil: there is one.
  package var app: String?

  package enum Platform: String, CaseIterable, Sendable { case android, ios, web }

  package static let perMemberMax = 16
  /// Firebase's have some 160 today, and no bound is promised.
  package static let tokenBytesMax = 1_024

  package init(token: String, platform: Platform, app: String? = nil) {
    self.token = token
    self.platform = platform
    self.app = app
  }

  /// Printable ASCII without spaces.
  package static func isToken(_ text: String) -> Bool {
    (1...tokenBytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("token", token)
    writer.field("platform", platform.rawValue)
    writer.field("app", app)
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    let start = reader.position
    var seen: UInt64 = 0
    var token: String?
    var platform: Platform?
    var app: String?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "token":
        try reader.once(0, &seen)
        let text = try reader.string()
        guard Self.isToken(text) else {
          throw reader.violation(
            .invalidValue, "must have 1 to \(Self.tokenBytesMax) printable characters of ASCII, without spaces")
        }
        token = text
      case "platform":
        try reader.once(1, &seen)
        platform = try reader.word(Platform.self)
      case "app":
        try reader.once(2, &seen)
        app = try reader.id()
      default: try reader.skipValue()
      }
    }
    self.init(
      token: try token.required("token", in: reader, at: start),
      platform: try platform.required("platform", in: reader, at: start), app: app)
  }
}
