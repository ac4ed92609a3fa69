import Contracts
import Foundation
import JSON
import Loyalty
import TestValues
import Testing

/// The examples in the schemas are what the Swift types read and write, and fields of a later release are passed over.
@Suite(.timeLimit(.minutes(10))) struct SchemaExampleTests {
  private func check(
    _ schema: String, _ recode: (UnsafeRawBufferPointer, inout JSONWriter) throws(ContractViolation) -> Void
  ) throws {
    let examples = try TopicFolder.examples(of: schema)
    #expect(!examples.isEmpty)
    for example in examples {
      for text in [example.compact, example.ofALaterRelease.compact] {
        var writer = JSONWriter()
        try Sample.withBytes(Array(text.utf8)) { bytes throws(ContractViolation) in try recode(bytes, &writer) }
        #expect(try JSONValue(parsing: writer.bytes).sorted == example.sorted, "\(schema)")
      }
    }
  }

  @Test func transactionsAreRewrittenAsTheyStand() throws {
    try check("transaction") { bytes, writer throws(ContractViolation) in
      try TransactionDecoder(.accepted).decode(bytes).encode(to: &writer)
    }
  }

  @Test func ledgerEntriesAreRewrittenAsTheyStand() throws {
    try check("ledger-entry") { bytes, writer throws(ContractViolation) in
      try LedgerEntry(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func accountsAreRewrittenAsTheyStand() throws {
    try check("account") { bytes, writer throws(ContractViolation) in
      try AccountStatement(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func tiersAreRewrittenAsTheyStand() throws {
    try check("tier") { bytes, writer throws(ContractViolation) in try TierChange(decoding: bytes).encode(to: &writer) }
  }

  @Test func commandsAreRewrittenAsTheyStand() throws {
    try check("command") { bytes, writer throws(ContractViolation) in try Command(decoding: bytes).encode(to: &writer) }
  }

  @Test func activitiesAreRewrittenAsTheyStand() throws {
    try check("activity") { bytes, writer throws(ContractViolation) in
      try Activity(decoding: EventEnvelope(data: bytes)).encode(to: &writer)
    }
  }

  @Test func transfersAreRewrittenAsTheyStand() throws {
    try check("transfer") { bytes, writer throws(ContractViolation) in
      try Transfer(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func approvalsAreRewrittenAsTheyStand() throws {
    try check("proposal") { bytes, writer throws(ContractViolation) in
      try Proposal(decoding: bytes).encode(to: &writer)
    }
    try check("clearance") { bytes, writer throws(ContractViolation) in
      try Clearance(decoding: bytes).encode(to: &writer)
    }
    try check("command-key") { bytes, writer throws(ContractViolation) in
      try Signer(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func budgetMessagesAreRewrittenAsTheyStand() throws {
    try check("budget") { bytes, writer throws(ContractViolation) in
      try BudgetMessage(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func notificationsAreRewrittenAsTheyStand() throws {
    try check("notification") { bytes, writer throws(ContractViolation) in
      try Notification(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func messageControlsRequestsAndAnswersAreRewrittenAsTheyStand() throws {
    try check("message-control") { bytes, writer throws(ContractViolation) in
      try MessageControl(decoding: bytes).encode(to: &writer)
    }
    try check("message-request") { bytes, writer throws(ContractViolation) in
      try MessageRequest(decoding: EventEnvelope(data: bytes)).encode(to: &writer)
    }
    try check("message-answer") { bytes, writer throws(ContractViolation) in
      try MessageAnswer(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func feedbackAndSuppressionsAreRewrittenAsTheyStand() throws {
    try check("feedback") { bytes, writer throws(ContractViolation) in
      try Feedback(decoding: EventEnvelope(data: bytes)).encode(to: &writer)
    }
    try check("suppression") { bytes, writer throws(ContractViolation) in
      try ContactSuppression(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func messageAnswerSchemaListsEveryRefusalAndThePageTellsThem() throws {
    let file = try TopicFolder.files(in: "schemas")["message-answer.schema"]
    let listed = try JSONValue(parsing: file ?? [])["properties"]?["code"]?["enum"]?.elements?.compactMap(\.string)
    #expect(listed == MessageAnswer.Refusal.allCases.map(\.rawValue))
    let url = TopicFolder.url.deletingLastPathComponent().appending(path: "docs/delivery.md")
    let text = try String(contentsOf: url, encoding: .utf8)
    for refusal in MessageAnswer.Refusal.allCases {
      #expect(text.contains("| `\(refusal.rawValue)` | \(refusal.message) |"), "\(refusal.rawValue)")
    }
  }

  @Test func claimsAndForwardingsAreRewrittenAsTheyStand() throws {
    try check("claim") { bytes, writer throws(ContractViolation) in
      try ClaimStatus(decoding: bytes).encode(to: &writer)
    }
    try check("claim-request") { bytes, writer throws(ContractViolation) in
      try PurchaseClaim(decoding: EventEnvelope(data: bytes)).encode(to: &writer)
    }
    try check("forwarding") { bytes, writer throws(ContractViolation) in
      try MemberForwarding(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func preferencesAreRewrittenAsTheyStand() throws {
    try check("preference-request") { bytes, writer throws(ContractViolation) in
      try PreferenceRequest(decoding: EventEnvelope(data: bytes)).encode(to: &writer)
    }
    try check("member-preferences") { bytes, writer throws(ContractViolation) in
      try MemberPreferences(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func rewardsAreRewrittenAsTheyStand() throws {
    try check("reward-request") { bytes, writer throws(ContractViolation) in
      try RewardRequest(decoding: EventEnvelope(data: bytes)).encode(to: &writer)
    }
    try check("redemption") { bytes, writer throws(ContractViolation) in
      try RedemptionStatus(decoding: bytes).encode(to: &writer)
    }
    try check("reward-message") { bytes, writer throws(ContractViolation) in
      switch try OwnersMessage(decoding: bytes) {
      case .redemption(let message): message.encode(to: &writer)
      case .bundle(let message): message.encode(to: &writer)
      }
    }
  }

  @Test func vouchersAreRewrittenAsTheyStand() throws {
    try check("voucher-command") { bytes, writer throws(ContractViolation) in
      try TillCommand(decoding: EventEnvelope(data: bytes)).encode(to: &writer)
    }
    try check("voucher-answer") { bytes, writer throws(ContractViolation) in
      try TillAnswer(decoding: bytes).encode(to: &writer)
    }
    try check("voucher") { bytes, writer throws(ContractViolation) in
      try VoucherRecord(decoding: bytes).encode(to: &writer)
    }
    try check("order") { bytes, writer throws(ContractViolation) in
      try OrderRecord(decoding: bytes).encode(to: &writer)
    }
    try check("voucher-code") { bytes, writer throws(ContractViolation) in
      try ImportedCode(decoding: EventEnvelope(data: bytes)).encode(to: &writer)
    }
  }

  @Test func claimSchemaListsEveryRefusal() throws {
    let file = try TopicFolder.files(in: "schemas")["claim.schema"]
    let listed = try JSONValue(parsing: file ?? [])["properties"]?["code"]?["enum"]?.elements?.compactMap(\.string)
    #expect(listed == ClaimStatus.Refusal.allCases.map(\.rawValue))
  }

  @Test func claimCodesAreDocumented() throws {
    let url = TopicFolder.url.deletingLastPathComponent().appending(path: "docs/finding-members.md")
    let text = try String(contentsOf: url, encoding: .utf8)
    for refusal in ClaimStatus.Refusal.allCases {
      #expect(text.contains("| `\(refusal.rawValue)` | \(refusal.message) |"), "\(refusal.rawValue)")
    }
  }

  @Test func privacyEventsAreRewrittenAsTheyStand() throws {
    try check("privacy-request") { bytes, writer throws(ContractViolation) in
      try PrivacyRequest(decoding: bytes).encode(to: &writer)
    }
    try check("privacy-task") { bytes, writer throws(ContractViolation) in
      try PrivacyTask(decoding: bytes).encode(to: &writer)
    }
    try check("privacy-report") { bytes, writer throws(ContractViolation) in
      try PrivacyReport(decoding: bytes).encode(to: &writer)
    }
    try check("privacy-certificate") { bytes, writer throws(ContractViolation) in
      try PrivacyCertificate(decoding: bytes).encode(to: &writer)
    }
  }

  @Test func purchasesAndProfilesAreRead() throws {
    for example in try TopicFolder.examples(of: "purchase") { _ = try Sample.decode(example.compact) }
    let profiles = try TopicFolder.examples(of: "member")
    for example in profiles {
      let profile = try Sample.withBytes(Array(example.compact.utf8)) { bytes throws(ContractViolation) in
        try MemberProfile(decoding: bytes)
      }
      #expect(profile.id == example["id"]?.string)
    }
    #expect(!profiles.isEmpty)
  }

  @Test func rejectionSchemaListsEveryCode() throws {
    let file = try TopicFolder.files(in: "schemas")["rejection.schema"]
    let listed = try JSONValue(parsing: file ?? [])["properties"]?["code"]?["enum"]?.elements?.compactMap(\.string)
    #expect(listed == ContractViolation.Code.allCases.map(\.rawValue))
  }

  @Test func rejectionsHaveTheFieldsOfTheirSchema() throws {
    let file = try TopicFolder.files(in: "schemas")["rejection.schema"]
    let known = try JSONValue(parsing: file ?? [])["properties"]?.members?.map(\.key) ?? []
    let original = Array("{}".utf8)
    let bytes = original.withUnsafeBytes { buffer in
      let rejection = Rejection(
        violation: ContractViolation(.notUTF8, at: "$", "…"),
        place: Rejection.Place(topic: "commerce.purchases", partition: 0, offset: 1), original: buffer,
        occurredAt: .epoch)
      return Sample.encoded { rejection.encode(to: &$0) }
    }
    for member in try #require(try JSONValue(parsing: bytes).members) { #expect(known.contains(member.key)) }
  }
}

extension JSONValue {
  /// Of objects whose names of fields are values: an activity's attributes are their sender's own, amounts stand by
  /// day.
  private static let namesAreValues: Set<String> = ["attributes", "amounts"]

  /// The same with fields in it that this release does not know.
  fileprivate var ofALaterRelease: JSONValue {
    switch self {
    case .object(let members):
      .object(
        [Member("aLaterField", .array([.object([Member("deep", .null)]), .number("1e3"), .string("…")]))]
          + members.map {
            Member($0.key, Self.namesAreValues.contains($0.key) ? $0.value : $0.value.ofALaterRelease)
          }
          + [Member("anotherLaterField", .bool(true))])
    case .array(let elements): .array(elements.map(\.ofALaterRelease))
    default: self
    }
  }

  /// The same tree with every object's members in order of their keys.
  fileprivate var sorted: JSONValue {
    switch self {
    case .object(let members):
      .object(members.map { Member($0.key, $0.value.sorted) }.sorted { $0.key < $1.key })
    case .array(let elements): .array(elements.map(\.sorted))
    default: self
    }
  }
}
