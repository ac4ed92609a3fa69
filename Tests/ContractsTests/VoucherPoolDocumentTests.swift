import Contracts
import JSON
import Loyalty
import Rewards
import Testing

/// The documents of pools and partners: what they say, and every refusal by its path.
@Suite(.timeLimit(.minutes(10))) struct VoucherPoolDocumentTests {
  private static let tet = """
    {"id":"tet","version":1,"names":{"vi":"Tết"},"timeZone":"Asia/Ho_Chi_Minh","source":"own",
     "pattern":"TET-#####-#####-####","codesMax":500000,"activeAfterDays":1,"validForDays":30,"currency":"VND",
     "effect":{"kind":"amount","amount":"50000","per":"line","spread":"quantity","unitsPerLineMax":3},"uses":2,
     "stores":{"exclude":["airport"]},"products":{"categories":["drinks"],"brands":{"exclude":["x"]}},
     "minimum":{"amount":"200000","units":2,"includesTax":false},"combinable":false,
     "perMember":{"count":1,"per":"day"}}
    """

  private static func refusals(_ text: String) -> [String] {
    do throws(ProgramRefused) {
      _ = try VoucherPoolDocument(Array(text.utf8), isNew: true)
      return []
    } catch {
      return error.sentences
    }
  }

  private static func pool(_ old: String, _ new: String) throws -> VoucherPoolDocument {
    let text = tet.replacing(old, with: new, maxReplacements: 1)
    #expect(text != tet)
    return try VoucherPoolDocument(Array(text.utf8), isNew: true)
  }

  @Test func aWholeDocumentIsReadAsItStands() throws {
    let pool = try VoucherPoolDocument(Array(Self.tet.utf8), isNew: true)
    #expect(pool.key == "tet:1" && pool.status == .active && pool.calendar.identifier == "Asia/Ho_Chi_Minh")
    let pattern = try #require(CodePattern("TET-#####-#####-####"))
    #expect(pool.source == .own(pattern, codesMax: 500_000))
    #expect(pool.validity == VoucherValidity(activeAfterDays: 1, validForDays: 30))
    #expect(pool.uses == .times(2) && pool.perMember == MemberLimit(1, per: .day))
    let terms = pool.terms
    #expect(terms.effect == .amount(AmountOff(50_000, per: .line, spread: .quantity, unitsPerLineMax: 3)))
    #expect(terms.currency?.code == "VND" && !terms.isCombinable && terms.stores == .init(exclude: ["airport"]))
    #expect(terms.products.categories == .init(include: ["drinks"]))
    #expect(terms.products.brands == .init(exclude: ["x"]) && terms.products.skus == .init())
    #expect(terms.minimum == .init(minorUnits: 200_000, units: 2, includesTax: false))
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let text = """
      {"id":"p","version":1,"timeZone":"UTC","source":"imported","validUntil":"2027-02-28",
       "effect":{"kind":"percent","percent":"12.5"}}
      """
    let pool = try VoucherPoolDocument(Array(text.utf8), isNew: true)
    #expect(pool.source == .imported && pool.uses == .times(1) && pool.perMember == nil)
    #expect(pool.validity == VoucherValidity(lastDay: LocalDate(year: 2027, month: 2, day: 28)))
    #expect(pool.terms == VoucherTerms(.percent(ExactDecimal(significand: 125, scale: 1), cap: nil)))
  }

  private static let effect =
    #"{"kind":"amount","amount":"50000","per":"line","spread":"quantity","unitsPerLineMax":3}"#

  @Test func everyKindOfEffectIsRead() throws {
    #expect(try Self.pool(Self.effect, #"{"kind":"amount","amount":1}"#).terms.effect == .amount(AmountOff(1)))
    #expect(
      try Self.pool(Self.effect, #"{"kind":"percent","percent":10,"cap":"30000"}"#).terms.effect
        == .percent(ExactDecimal(10), cap: 30_000))
    #expect(
      try Self.pool(Self.effect, #"{"kind":"free-units","buy":2,"get":1,"timesMax":3,"adding":"missing"}"#).terms.effect
        == .freeUnits(FreeUnits(buy: 2, get: 1, timesMax: 3, adding: .missing)))
    #expect(
      try Self.pool(Self.effect, #"{"kind":"free-shipping","cap":"15000"}"#).terms.effect == .freeShipping(cap: 15_000))
    let card = try Self.pool(#""uses":2,"#, "")
    #expect(card.uses == .times(1))
  }

  @Test func aGiftCardHasAValueInsteadOfUses() throws {
    let text = Self.tet.replacing(Self.effect, with: #"{"kind":"credit","value":"500000"}"#)
    #expect(Self.refusals(text) == ["$.uses is not of a gift card, which has a value"])
    let card = try VoucherPoolDocument(Array(text.replacing(#""uses":2,"#, with: "").utf8), isNew: true)
    #expect(card.uses == .value(500_000) && card.terms.effect == .credit)
  }

  @Test(arguments: [
    (#""timeZone":"Asia/Ho_Chi_Minh""#, #""timeZone":"Saigon""#, "$.timeZone must name a time zone"),
    (#""source":"own""#, #""source":"partner""#, "$.source must be one of own, imported"),
    (#""source":"own""#, #""source":"imported""#, "$.pattern is of own codes; these are imported"),
    (#""source":"own""#, #""source":"imported""#, "$.codesMax is of own codes; these are imported"),
    (#""pattern":"TET-#####-#####-####","#, "", "$.pattern is missing"),
    (#""codesMax":500000,"#, "", "$.codesMax is missing"),
    ("TET-#####", "TET-##x##", "$.pattern must be parts between hyphens"),
    (#""codesMax":500000"#, #""codesMax":500000,"alphabet":"ABC""#, "$.alphabet must be 10 to 36 different digits"),
    (#""activeAfterDays":1"#, #""activeAfterDays":-1"#, "$.activeAfterDays must be a whole number from 0 to 3650"),
    (#","validForDays":30"#, "", "$ must hold validForDays or validUntil: vouchers run out"),
    (#""validForDays":30"#, #""validForDays":30,"validUntil":"2027-01-01""#, "$.validUntil cannot stand beside"),
    (#""validForDays":30"#, #""validUntil":"1.1.2027""#, "$.validUntil must be a date such as"),
    (#""currency":"VND","#, "", "$.effect.amount is an amount of no currency: name the pool's currency"),
    (#""currency":"VND","#, "", "$.minimum.amount is an amount of no currency"),
    (#""currency":"VND""#, #""currency":"vnd""#, "$.currency must be an active ISO 4217 currency"),
    (#""amount":"50000""#, #""amount":"0""#, "$.effect.amount must be a decimal number from 1 to"),
    (#""amount":"50000""#, #""amount":"50000.5""#, "$.effect.amount must be a decimal number from 1 to"),
    (#""kind":"amount""#, #""kind":"gift""#, "$.effect.kind must be one of amount, percent, credit"),
    (#""kind":"amount""#, #""kind":"percent""#, "$.effect.amount is not a field of this kind; it is"),
    (#""kind":"amount""#, #""kind":"percent""#, "$.effect.percent is missing"),
    (#""per":"line""#, #""per":"shelf""#, "$.effect.per must be one of basket, line, unit"),
    (#""spread":"quantity""#, #""spread":"luck""#, "$.effect.spread must be one of amount, quantity"),
    (effect, #"{"kind":"percent","percent":"101"}"#, "$.effect.percent must be a decimal number from 0.000001 to 100"),
    (effect, #"{"kind":"free-units","buy":-1,"get":1}"#, "$.effect.buy must be a whole number from 0 to 1000"),
    (effect, #"{"kind":"free-units","buy":0}"#, "$.effect.get is missing"),
    (effect, #"{"kind":"credit"}"#, "$.effect.value is missing"),
    (#""uses":2"#, #""uses":1001"#, "$.uses must be a whole number from 1 to 1000"),
    (#""amount":"200000","units":2,"#, "", "$.minimum must hold amount or units"),
    (#"{"categories":["drinks"],"brands":{"exclude":["x"]}}"#, "{}", "$.products must hold skus, categories or brands"),
    (#""combinable":false"#, #""combinable":"no""#, "$.combinable must be true or false"),
    (#""stores":{"exclude":["airport"]}"#, #""stores":{}"#, "$.stores must hold include or exclude"),
    (#""uses":2"#, #""pins":true"#, "$.pins is not a field of the document of a pool of vouchers"),
  ])
  func whatIsWrongIsToldByItsPath(old: String, new: String, problem: String) {
    let text = Self.tet.replacing(old, with: new, maxReplacements: 1)
    #expect(text != Self.tet)
    let refusals = Self.refusals(text)
    #expect(refusals.contains { $0.hasPrefix(problem) }, "\(refusals)")
  }

  /// 31¹¹ codes drawn, of which 25,408,476 may be live.
  @Test func aPoolWhoseCodesCanBeGuessedIsRefusedWithNumbersAndRemedy() throws {
    #expect(throws: Never.self) { try Self.pool("500000", "25408476") }
    #expect(
      Self.refusals(Self.tet.replacing("500000", with: "25408477")) == [
        "$.pattern can be guessed: 25408476896404831 codes for 25408477 live ones are 999999995 each, below "
          + "1000000000. Draw 12 characters, not 11 (# less one a part), or set codesMax to 25408476"
      ])
    #expect(
      Self.refusals(Self.tet.replacing("TET-#####-#####-####", with: "###-###")) == [
        "$.pattern can be guessed: 923521 codes for 500000 live ones are 1 each, below 1000000000. "
          + "Draw 10 characters, not 4 (# less one a part)"
      ])
  }

  // MARK: Partners

  private static let gotIt = """
    {"id":"got-it","version":1,"adapter":"gotit","url":"https://api.partner.example/v4","requestsPerSecond":20}
    """

  @Test func aPartnerIsReadAsItStands() throws {
    let partner = try PartnerDocument(Array(Self.gotIt.utf8), isNew: true)
    #expect(partner.key == "got-it:1" && partner.adapter == .gotIt && partner.status == .active)
    #expect(partner.url == "https://api.partner.example/v4" && partner.requestsPerSecond == 20)
    let local = Self.gotIt.replacing("https://api.partner.example", with: "http://127.0.0.1:8080")
    #expect(throws: Never.self) { try PartnerDocument(Array(local.utf8), isNew: true) }
  }

  @Test(arguments: [
    (#""adapter":"gotit""#, #""adapter":"soap""#, "$.adapter must be one of gotit, urbox, json"),
    ("https://api", "http://api", "$.url must begin with https://"),
    ("https://api", "https://me:secret@api", "$.url must begin with https://, in ASCII and without credentials"),
    (#","requestsPerSecond":20"#, #","requestsPerSecond":0"#, "$.requestsPerSecond must be a whole number from 1 to"),
    (#","requestsPerSecond":20"#, #","apiKey":"k""#, "$.apiKey does not belong here: everybody reads it"),
    (#","requestsPerSecond":20"#, #","rate":20"#, "$.rate is not a field of the document of a partner"),
    (#""url":"https://api.partner.example/v4","#, "", "$.url is missing"),
  ])
  func whatIsWrongWithAPartnerIsToldByItsPath(old: String, new: String, problem: String) throws {
    let text = Self.gotIt.replacing(old, with: new)
    #expect(text != Self.gotIt)
    let refused = #expect(throws: ProgramRefused.self) { try PartnerDocument(Array(text.utf8), isNew: true) }
    let sentences = try #require(refused).sentences
    #expect(sentences.contains { $0.hasPrefix(problem) }, "\(sentences)")
    #expect(!sentences.joined().contains("secret@"))
  }
}
