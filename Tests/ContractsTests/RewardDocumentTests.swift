import Contracts
import JSON
import Loyalty
import Rewards
import Testing

/// The documents of rewards: what they say, and every refusal by its path.
@Suite(.timeLimit(.minutes(10))) struct RewardDocumentTests {
  static let latte = """
    {"id":"latte","version":3,"status":"active","names":{"vi":"Một ly latte","en":"A latte"},"programId":"coffee",
     "kind":"gift","costs":[{"points":80,"when":{"tier":["gold"]}},{"points":100}],"stock":5000,
     "perMember":{"count":2,"per":"week"},"validFrom":"2027-01-01T00:00:00+07:00",
     "validUntil":"2027-04-01T00:00:00+07:00",
     "hours":[{"weekdays":["mon","sat"],"from":"14:00","until":"17:00"},{"from":"22:00","until":"02:00"}],
     "when":{"not":{"segment":["staff"]}},"deliver":{"voucher":"latte"},"cancel":{"until":"used","days":7},
     "cost":{"amount":"18000","currency":"VND"}}
    """

  static func refusals(_ text: String, isNew: Bool = true) -> [String] {
    do throws(ProgramRefused) {
      _ = try RewardDocument(Array(text.utf8), isNew: isNew)
      return []
    } catch {
      return error.sentences
    }
  }

  @Test func aWholeDocumentIsReadAsItStands() throws {
    let document = try RewardDocument(Array(Self.latte.utf8), isNew: true)
    let reward = document.reward
    #expect(document.key == "latte:3" && document.kind == .gift)
    #expect(document.cost?.text == "18000" && document.cost?.currency.code == "VND")
    #expect(reward.id == "latte" && reward.version == 3 && reward.status == .active && reward.programId == "coffee")
    #expect(reward.names.name(in: ["vi-VN"]) == "Một ly latte")
    #expect(reward.costs == [.init(80, when: .tier(.init(include: ["gold"]))), .init(100)])
    #expect(reward.stock == 5_000 && reward.perMember == MemberLimit(2, per: .week))
    #expect(reward.validFrom == Instant(rfc3339: "2026-12-31T17:00:00Z"))
    #expect(reward.validUntil == Instant(rfc3339: "2027-03-31T17:00:00Z"))
    let hourMs: Int64 = 3_600_000
    #expect(
      reward.hours == [
        .init(weekdays: [0, 5], from: 14 * hourMs, until: 17 * hourMs),
        .init(weekdays: Set(0...6), from: 22 * hourMs, until: 2 * hourMs),
      ])
    #expect(reward.when == .not(.segment(.init(include: ["staff"]))))
    #expect(reward.delivery == .voucher(pool: "latte") && reward.cancel == .init(until: .used, days: 7))
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let text = """
      {"id":"trees","version":1,"names":{"en":"Trees"},"programId":"p","kind":"donation","costs":[{"points":0}],
       "deliver":{"manual":true},"stock":null}
      """
    let document = try RewardDocument(Array(text.utf8), isNew: true)
    let reward = document.reward
    #expect(reward.status == .active && reward.stock == nil && reward.perMember == nil && document.cost == nil)
    #expect(reward.validFrom == nil && reward.validUntil == nil && reward.hours.isEmpty && reward.when == nil)
    #expect(reward.cancel == .init(until: .never) && reward.delivery == .manual)
  }

  @Test func whatPaysOnABillIsRead() throws {
    let text = """
      {"id":"pay","version":1,"names":{"en":"Pay"},"programId":"p","kind":"pay-with-points","costs":null,
       "deliver":{"money":{"points":100,"amount":"12.50","currency":"EUR","percentMax":50,"pointsMin":500}}}
      """
    let reward = try RewardDocument(Array(text.utf8), isNew: true).reward
    #expect(reward.delivery == .money && reward.costs == [.init(0)])
    let rate = PointsAsMoney(points: 100, minorUnits: 1_250, percentMax: 50, pointsMin: 500)
    #expect(try reward.payment == .init(rate, in: #require(Currency.known("EUR"))))
  }

  @Test(arguments: [
    (#""id":"latte""#, #""id":"""#, "$.id must have 1 to"),
    (#""version":3"#, #""version":0"#, "$.version must be a whole number from 1 to 1000000"),
    (#""active""#, #""on""#, "$.status must be one of draft, active, paused, archived"),
    (#""names":{"vi":"Một ly latte","en":"A latte"},"#, "", "$.names is missing: members must read what they get"),
    (#""en":"A latte""#, #""qqq":"A latte""#, "$.names.qqq is named by no language tag"),
    (
      #""kind":"gift""#, #""kind":"present""#, "$.kind must be one of discount, gift, credit, experience, donation, pay"
    ),
    (#""kind":"gift""#, #""kind":"upgrade""#, "$.kind is a kind that this version does not give"),
    (#""kind":"gift""#, #""kind":"pay-with-points""#, "$.costs is not for a reward that pays on a bill"),
    (#""kind":"gift""#, #""kind":"pay-with-points""#, "$.stock is not for a reward that pays on a bill"),
    (
      #""kind":"gift""#, #""kind":"pay-with-points""#, "$.deliver is not how a pay-with-points is delivered: that is by"
    ),
    (#"{"voucher":"latte"}"#, #"{"money":{}}"#, "$.deliver is not how a gift is delivered: that is by"),
    (#"{"voucher":"latte"}"#, #"{"money":{}}"#, "$.deliver.money.points is missing"),
    (
      #"{"voucher":"latte"}"#, #"{"money":{"points":1,"currency":"VND","amount":"0"}}"#,
      "$.deliver.money.amount must be a decimal number from 1 to"
    ),
    (
      #"{"voucher":"latte"}"#, #"{"money":{"percentMax":101}}"#,
      "$.deliver.money.percentMax must be a whole number from 1"
    ),
    (#""kind":"gift""#, #""kind":"donation""#, "$.deliver is not how a donation is delivered: that is by"),
    (#""points":100"#, #""points":-1"#, "$.costs[1].points must be a whole number from 0 to 1000000000000"),
    (#"{"points":80,"when":{"tier":["gold"]}}"#, #"{"points":80}"#, "$.costs[1] is never the price"),
    (#"[{"points":80,"when":{"tier":["gold"]}},{"points":100}]"#, "[]", "$.costs must hold 1 to 50 elements, not 0"),
    (#"{"tier":["gold"]}"#, #"{"sku":["a"]}"#, "$.costs[0].when asks for something that only purchases have"),
    (#"{"not":{"segment":["staff"]}}"#, #"{"amount":{"atLeast":1}}"#, "$.when asks for something that only purchases"),
    (#"{"segment":["staff"]}"#, #"{"segmentt":["staff"]}"#, "$.when.not.segmentt is not a field of the"),
    (#""stock":5000"#, #""stock":-5"#, "$.stock must be a whole number from 0 to 1000000000000"),
    (#""count":2"#, #""count":0"#, "$.perMember.count must be a whole number from 1 to 1000000"),
    (#""per":"week""#, #""per":"hour""#, "$.perMember.per must be one of day, week, month, year, lifetime"),
    ("2027-04-01", "2026-04-01", "$.validUntil must be after validFrom"),
    ("2027-01-01T00:00:00+07:00", "2027-01-01", "$.validFrom must be an RFC 3339 instant"),
    (#""until":"17:00""#, #""until":"14:00""#, "$.hours[0].until must differ from the time it begins at"),
    (#""from":"14:00""#, #""from":"14""#, "$.hours[0].from must be a local time such as 14:00"),
    (#"["mon","sat"]"#, #"["Monday"]"#, "$.hours[0].weekdays[0] must be one of mon, tue"),
    (#"{"voucher":"latte"}"#, "{}", "$.deliver must hold one of voucher, partner with product, manual, money"),
    (
      #"{"voucher":"latte"}"#, #"{"voucher":"latte","manual":true}"#,
      "$.deliver must hold one of voucher, partner with product, manual, money"
    ),
    (#"{"voucher":"latte"}"#, #"{"voucher":"latte","product":"x"}"#, "$.deliver.product is a partner's"),
    (#"{"voucher":"latte"}"#, #"{"partner":"got-it"}"#, "$.deliver.product is missing"),
    (#"{"voucher":"latte"}"#, #"{"manual":false}"#, "$.deliver.manual must be true"),
    (#""until":"used""#, #""until":"tomorrow""#, "$.cancel.until must be one of issued, used, never"),
    (#""until":"used""#, #""until":"never""#, "$.cancel.days says nothing where nothing is given back"),
    (#""amount":"18000""#, #""amount":"18000.5""#, "$.cost.amount must be a decimal number from 0 to"),
    (#""currency":"VND""#, #""currency":"DONG""#, "$.cost.currency must be an active ISO 4217 currency"),
    (#""stock":5000"#, #""sotck":5000"#, "$.sotck is not a field of the document of a reward"),
  ])
  func whatIsWrongIsToldByItsPath(old: String, new: String, problem: String) {
    let text = Self.latte.replacing(old, with: new, maxReplacements: 1)
    #expect(text != Self.latte)
    let refusals = Self.refusals(text)
    #expect(refusals.contains { $0.hasPrefix(problem) }, "\(refusals)")
  }

  @Test func allThatIsMissingIsToldAtOnce() {
    let told = Self.refusals("{}").joined(separator: "\n")
    for field in ["id", "version", "names", "programId", "kind", "costs", "deliver"] {
      #expect(told.contains("$.\(field) is missing"), "\(field)")
    }
    #expect(Self.refusals("[").first?.contains("is not JSON") == true)
    #expect(Self.refusals("[]") == ["$ must be an object, not an array"])
  }

  @Test func theExamplesOfTheSchemaAreRewards() throws {
    for example in try TopicFolder.examples(of: "reward") {
      #expect(throws: Never.self, "\(example.compact)") { try RewardDocument(example, isNew: true) }
    }
    for example in try TopicFolder.examples(of: "voucher-pool") {
      #expect(throws: Never.self, "\(example.compact)") { try VoucherPoolDocument(example, isNew: true) }
    }
    for example in try TopicFolder.examples(of: "partner") {
      #expect(throws: Never.self, "\(example.compact)") { try PartnerDocument(example, isNew: true) }
    }
  }

  @Test func theSchemaHasTheWordsThatAreRead() throws {
    let file = try TopicFolder.files(in: "schemas")["reward.schema"] ?? []
    let schema = try JSONValue(parsing: file)["properties"]
    #expect(
      schema?["kind"]?["enum"]?.elements?.compactMap(\.string) == RewardDocument.Kind.allCases.map(\.rawValue))
    #expect(schema?["status"]?["enum"]?.elements?.compactMap(\.string) == Reward.Status.allCases.map(\.rawValue))
    let partner = try JSONValue(parsing: try TopicFolder.files(in: "schemas")["partner.schema"] ?? [])["properties"]
    #expect(
      partner?["adapter"]?["enum"]?.elements?.compactMap(\.string) == PartnerDocument.Adapter.allCases.map(\.rawValue))
  }
}

/// Which version of a document counts.
@Suite(.timeLimit(.minutes(10))) struct DocumentCatalogTests {
  private func reward(_ version: Int, _ status: Reward.Status = .active) throws -> RewardDocument {
    let text = RewardDocumentTests.latte.replacing(#""version":3"#, with: #""version":\#(version)"#)
      .replacing(#""active""#, with: #""\#(status.rawValue)""#)
    return try RewardDocument(Array(text.utf8))
  }

  @Test func theHighestVersionThatIsNoDraftCounts() throws {
    let catalog = DocumentCatalog([
      try reward(2, .paused), try reward(3, .draft), try reward(1), try reward(4, .draft),
    ])
    #expect(catalog["latte"]?.version == 2 && catalog["latte"]?.status == .paused)
    #expect(catalog.version(4, of: "latte")?.status == .draft && catalog.version(5, of: "latte") == nil)
    #expect(catalog.documents.map(\.version) == [1, 2, 3, 4])
    #expect(catalog.documents.map { catalog.counts($0) } == [false, true, false, false])
    #expect(catalog["mocha"] == nil)
  }

  @Test func draftsAloneCountForNobody() throws {
    let catalog = DocumentCatalog([try reward(1, .draft)])
    #expect(catalog["latte"] == nil && catalog.documents.count == 1)
  }

  @Test func theSameVersionPublishedAgainTakesThePlaceOfTheFormer() throws {
    let catalog = DocumentCatalog([try reward(1, .active), try reward(1, .archived)])
    #expect(catalog["latte"]?.status == .archived)
  }
}
