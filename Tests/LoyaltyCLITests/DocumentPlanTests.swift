import Contracts
import JSON
import Loyalty
import LoyaltyCLI
import Rewards
import Testing

/// What publishing the document of a reward would do, and what it names.
@Suite(.timeLimit(.minutes(10))) struct DocumentPlanTests {
  private func text(
    _ version: Int, points: Int = 100, status: String = "active", deliver: String = #"{"voucher":"latte"}"#,
    kind: String = "gift", when: String = #"{"segment":["staff"]}"#
  ) -> String {
    """
    {"id":"latte","version":\(version),"status":"\(status)","names":{"en":"A latte"},"programId":"coffee",
     "kind":"\(kind)","costs":[{"points":\(points)}],"when":\(when),"deliver":\(deliver)}
    """
  }

  private func plan(_ new: String, against published: [String], replaces: Bool = false) throws
    -> DocumentPlan<RewardDocument>
  {
    var values: [String: [UInt8]] = [:]
    for text in published { values[try RewardDocument(Array(text.utf8)).key] = Array(text.utf8) }
    let bytes = Array(new.utf8)
    return try DocumentPlan(
      try RewardDocument(bytes), try JSONValue(parsing: bytes), against: PublishedDocuments(values), replaces: replaces)
  }

  @Test func theFirstVersionCountsAtOnceAndAsksNobody() throws {
    let plan = try plan(text(1), against: [])
    #expect(plan.outcome == .first && !plan.needsConsent && plan.takesOverFrom == nil)
    #expect(plan.sentences == ["It counts as soon as it is published."])
    #expect(plan.text.hasPrefix("A latte (latte, version 1) is the first of its id, active"))
  }

  @Test func aHigherVersionTakesThePlaceOfAnActiveOneAndAsks() throws {
    let plan = try plan(text(2, points: 120), against: [text(1)])
    guard case .changes(1, let diff) = plan.outcome else {
      Issue.record("\(plan.outcome)")
      return
    }
    #expect(diff.differences.count == 2 && plan.needsConsent && plan.takesOverFrom?.version == 1)
    #expect(plan.sentences == ["It counts as soon as it is published, instead of version 1."])
    #expect(plan.text.contains("changed  $.costs"))
    #expect(try !self.plan(text(2), against: [text(1, status: "paused")]).needsConsent)
  }

  @Test func aDraftAndALowerVersionCountForNobody() throws {
    let draft = try plan(text(3, status: "draft"), against: [text(1)])
    #expect(draft.sentences == ["It is a draft: it counts for nobody."] && !draft.needsConsent)
    let lower = try plan(text(1, points: 90), against: [text(2)])
    #expect(lower.standsBehind == 2 && !lower.needsConsent && lower.takesOverFrom == nil)
    #expect(lower.sentences == ["It counts for nobody: version 2 is higher."])
  }

  @Test func theSameVersionIsPublishedOnceUnlessItWasADraftOrIsReplaced() throws {
    #expect(try plan(text(1), against: [text(1)]).outcome == .alreadyPublished)
    #expect(try plan(text(1), against: [text(1)], replaces: true).outcome == .alreadyPublished)
    guard case .needsReplace = try plan(text(1, points: 7), against: [text(1)]).outcome else {
      Issue.record("replaced")
      return
    }
    guard case .changes(1, _) = try plan(text(1, points: 7), against: [text(1)], replaces: true).outcome,
      case .changes(1, _) = try plan(text(1, points: 7), against: [text(1, status: "draft")]).outcome
    else {
      Issue.record("not replaced")
      return
    }
  }

  @Test func whatWasPublishedUnderAnotherKeyOrBreaksARuleCountsForNobody() throws {
    let published = PublishedDocuments<RewardDocument>([
      "mocha:1": Array(text(1).utf8), "latte:2": Array("{}".utf8), "latte:1": Array(text(1).utf8),
    ])
    #expect(published.catalog.documents.map(\.key) == ["latte:1"])
    #expect(published.refused["mocha:1"] == "its key is not the one that it names")
    #expect(published.refused["latte:2"]?.contains("$.id is missing") == true)
    let document = try #require(published.catalog["latte"])
    #expect(try published.value(of: document)?["id"]?.string == "latte")
    #expect(published.hasRoom(for: document, [UInt8](repeating: 0, count: 1_000)))
    #expect(!published.hasRoom(for: document, [UInt8](repeating: 0, count: DocumentBounds.bytesMax)))
  }

  // MARK: What it names

  private static let program = """
    {"id":"coffee","version":1,"effectiveFrom":"2026-01-01T00:00:00Z","name":"Coffee","currencies":["VND"],
     "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1000"}],
     "redemption":{"minimumPoints":50},
     "tiers":{"metric":"spend","window":{"kind":"rolling","months":12},"downgrade":"one-level",
      "levels":[{"id":"member","from":"0"},{"id":"gold","from":"1000"}]}}
    """
  private static let pool = """
    {"id":"latte","version":1,"timeZone":"UTC","source":"imported","validForDays":1,"currency":"VND",
     "effect":{"kind":"amount","amount":"1"}}
    """

  private func problems(_ text: String, hasPool: Bool = true, isGiftCard: Bool = false) throws -> [String] {
    let effect = isGiftCard ? #"{"kind":"credit","value":"9"}"# : #"{"kind":"amount","amount":"1"}"#
    let pool = Self.pool.replacing(#"{"kind":"amount","amount":"1"}"#, with: effect)
    return RewardReferences(
      try RewardDocument(Array(text.utf8), isNew: true),
      programs: ProgramCatalog([try ProgramDocument.decode(Array(Self.program.utf8))]),
      pools: DocumentCatalog(hasPool ? [try VoucherPoolDocument(Array(pool.utf8))] : []), partners: DocumentCatalog()
    ).problems
  }

  @Test func aRewardNamesAProgrammeLevelsAPoolAndAPartnerThatAreThere() throws {
    #expect(try problems(text(1, when: #"{"tier":["gold"]}"#)).isEmpty)
    #expect(
      try problems(text(1).replacing(#""coffee""#, with: #""tea""#))
        == ["$.programId names no programme that is published; there is: coffee"])
    #expect(
      try problems(text(1, when: #"{"not":{"tier":["platinum"]}}"#))
        == [#"$.when names "platinum", which is no level of coffee version 1"#])
    #expect(
      try problems(text(1), hasPool: false)
        == ["$.deliver.voucher names no pool that is published; `loyalty vouchers pools publish` does that"])
    #expect(
      try problems(text(1, deliver: #"{"partner":"x","product":"y"}"#))
        == ["$.deliver.partner names no partner that is published; `loyalty partners publish` does that"])
    #expect(try problems(text(1, deliver: #"{"manual":true}"#)).isEmpty)
  }

  @Test func aPriceIsWhatTheProgrammeLetsMembersRedeem() throws {
    #expect(try problems(text(1, points: 50)).isEmpty && problems(text(1, points: 0)).isEmpty)
    #expect(
      try problems(text(1, points: 49))
        == ["$.costs[0].points is below 50, the least that coffee lets members redeem"])
  }

  @Test func aCreditIsAGiftCardAndADiscountIsNone() throws {
    #expect(try problems(text(1, kind: "credit"), isGiftCard: true).isEmpty)
    #expect(
      try problems(text(1, kind: "credit")) == ["$.kind is credit, and the vouchers of latte are no gift cards"])
    #expect(
      try problems(text(1, kind: "discount"), isGiftCard: true)
        == ["$.kind must be credit: the vouchers of latte are gift cards"])
    #expect(try problems(text(1, kind: "gift"), isGiftCard: true).isEmpty)
  }
}
