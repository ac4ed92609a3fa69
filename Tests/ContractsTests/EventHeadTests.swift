import Contracts
import Loyalty
import Testing

/// What inputs other than purchases have in common.
@Suite(.timeLimit(.minutes(10))) struct EventHeadTests {
  private static let time = "\"occurredAt\":\"2026-01-01T00:00:00Z\""

  /// Decodes an event of each topic; the text holds what is its own.
  private static let decoders: [(type: String, body: String, decode: @Sendable (EventEnvelope) throws -> String)] = [
    ("activity", "\"source\":\"app\",\"memberId\":\"M-1\",\"activity\":\"review\"", { try Activity(decoding: $0).id }),
    ("points.redeem", "\"memberId\":\"M-1\",\"points\":5", { try Command(decoding: $0).id }),
    (
      "purchase.claim", "\"memberId\":\"M-1\",\"receipt\":\"P\",\"total\":\"1\",\"date\":\"2026-01-01\"",
      { try PurchaseClaim(decoding: $0).id }
    ),
    ("message.explain", "\"memberId\":\"M-1\"", { try MessageRequest(decoding: $0).id }),
    ("privacy.erasure.requested", "\"memberId\":\"M-1\"", { try PrivacyRequest(decoding: $0).id }),
    ("member.profile", "\"name\":\"Lan\"", { try MemberProfile(decoding: $0).id }),
  ]

  private func decode(_ index: Int, _ text: String, structured: Bool = false, time: String? = nil) throws -> String {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var envelope = EventEnvelope(data: bytes)
      if structured { envelope.root = "$.data" }
      if let time {
        var attributes = EventEnvelope.Attributes()
        attributes.type = Self.decoders[index].type
        attributes.time = time
        attributes.id = "attribute"
        envelope.attributes = attributes
      }
      return try Self.decoders[index].decode(envelope)
    }
  }

  @Test(arguments: decoders.indices)
  func fieldsAreReadOnceAndOfTheAgreedKind(index: Int) throws {
    let (type, body, _) = Self.decoders[index]
    #expect(try decode(index, "{\"type\":\"\(type)\",\"id\":\"E-1\",\(Self.time),\(body)}") == "E-1")
    for (text, path) in [
      ("{\"type\":\"\(type)\",\"id\":\"E-1\",\"id\":\"E-1\",\(Self.time),\(body)}", "$.id"),
      ("{\"type\":\"\(type)\",\"id\":\" \",\(Self.time),\(body)}", "$.id"),
      ("{\"type\":\"\(type)\",\"id\":\"E-1\",\"occurredAt\":\"today\",\(body)}", "$.occurredAt"),
      ("{\"type\":\"\(type)\",\"id\":\"E-1\",\(body)}", "$.occurredAt"),
      ("{\"type\":\"other\",\"id\":\"E-1\",\(Self.time),\(body)}", "$.type"),
      ("{\(Self.time),\"id\":\"E-1\",\(body)}", "$.type"),
    ] {
      let violation = #expect(throws: ContractViolation.self) { try decode(index, text) }
      #expect(violation?.path == path, "\(text)")
      let nested = #expect(throws: ContractViolation.self) { try decode(index, text, structured: true) }
      #expect(nested?.path == "$.data" + path.dropFirst(), "\(text)")
      #expect(nested?.message.hasPrefix(nested?.path ?? "?") == true, "\(nested?.message ?? "")")
    }
  }

  @Test(arguments: decoders.indices)
  func attributesStandInForWhatTheValueLeavesOut(index: Int) throws {
    let body = Self.decoders[index].body
    #expect(try decode(index, "{\"id\":\"E-1\",\(body)}", time: "2026-01-01T00:00:00Z") == "E-1")
    #expect(
      try decode(index, "{\"id\":\"E-1\",\(Self.time),\(body)}", time: "nonsense") == "E-1", "its own counts first")
    let violation = #expect(throws: ContractViolation.self) { try decode(index, "{\"id\":\"E-1\",\(body)}", time: "?") }
    #expect(violation?.path == "time")
  }
}
