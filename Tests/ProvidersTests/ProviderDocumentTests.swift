import Providers
import Testing

/// What a document may say, and what becomes of one that says it wrong.
@Suite(.timeLimit(.minutes(10))) struct ProviderDocumentTests {
  static let least = #"""
    {"name":"mine","url":"{{url}}/send","body":{"form":{"to":"{{to}}","text":"{{text}}"}}}
    """#

  func problems(_ text: String) -> [String] {
    do throws(ProviderRefused) {
      _ = try ProviderDocument(parsing: Array(text.utf8))
      return []
    } catch {
      return error.problems.map { "\($0.path) \($0.text)" }
    }
  }

  func document(_ text: String) throws -> ProviderDocument { try ProviderDocument(parsing: Array(text.utf8)) }

  /// The least document with one more field.
  func with(_ field: String) -> String {
    let least = Self.least
    return String(least[..<(least.lastIndex(of: "}") ?? least.endIndex)]) + "," + field + "}"
  }

  @Test func theLeastDocumentSendsAMessage() throws {
    let mine = try document(Self.least)
    let request = mine.request(
      ProviderMessage(to: "+84901234567", text: "a b", isUCS2: false, id: "n-1"),
      as: ProviderAccount(url: "https://h"))
    #expect(
      request.url == "https://h/send" && String(decoding: request.body, as: UTF8.self) == "to=%2B84901234567&text=a%20b"
    )
    #expect(mine.verdict(status: 200, body: []) == .taken(messageId: nil))
    #expect(mine.verdict(status: 503, body: []) == .refused(nil, code: nil))
  }

  @Test(
    arguments: [
      (#""metod":"POST""#, "$.metod is no field"), (#""method":"PUT""#, "$.method must be one of GET, POST"),
      (#""headers":{"X":"{{tto}}"}"#, "$.headers.X names a field that nobody knows"),
      (#""headers":{"X":"{{to"}"#, "$.headers.X opens a field"),
      (#""headers":{"X":"{{text}}"}"#, "$.headers writes {{text}}"),
      (#""headers":{"A b":"x"}"#, "$.headers names a header"),
      (#""headers":{"X":"a\nb"}"#, "$.headers must be of ASCII"),
      (#""headers":{"X":"{{password}}"}"#, "$.headers writes {{password}}, which authentication.kind none"),
      (#""query":{"p":"{{password}}"},"authentication":{"kind":"headers"}"#, "$.url writes {{password}}"),
      (#""authentication":{"kind":"oauth"}"#, "$.authentication.kind must be one of none, basic, bearer"),
      (#""headers":{"X":"{{encoding}}"}"#, "$.encodings is missing"),
      (#""encodings":{"gsm-7":"0"}"#, "$.encodings.ucs-2 is missing"),
      (#""numbers":{"form":"national"}"#, "$.numbers.country is missing"),
      (#""numbers":{"form":"local"}"#, "$.numbers.form must be"),
      (#""idempotency":"field""#, "$.idempotency is field, but the body has {{id}} nowhere"),
      (#""idempotency":{"headr":"X"}"#, "$.idempotency must be"),
      (#""codes":{"1":"retry"}"#, "$.codes needs the field code"),
      (#""code":"/c","codes":{"1":"retrry"}"#, "$.codes.1 must be one of retry, address"),
      (#""code":"/c","codes":{"1":"quota"}"#, "$.quotaEnds is missing"),
      (#""statuses":{"9":"retry"}"#, "$.statuses.9 is no code"),
      (#""statuses":{"429":"quota"},"quotaEnds":{"midnightAt":"7"}"#, "$.quotaEnds must be"),
      (#""success":[]"#, "$.success must be a list"), (#""success":[[{"at":"/a"}]]"#, "$.success[0][0].in must be"),
      (#""success":[[{"in":["1"]}]]"#, "$.success[0][0].at is missing"),
      (#""callback":{"states":[]}"#, "$.callback must have id"),
      (#""callback":{"id":"id","states":[]}"#, "$.callback.states must be"),
      (
        #""callback":{"id":"id","states":[{"is":"gone","when":[]}]}"#,
        "$.callback.states[0].is must be one of delivered"
      ),
      (#""defaultUrl":"http://h""#, "$.defaultUrl must begin with https://"),
      (#""source":"x""#, "$.source must be a list"),
    ] as [(String, String)]) func aWrongFieldIsToldByItsPath(_ field: String, _ expected: String)
  {
    let found = problems(with(field))
    #expect(found.contains { $0.hasPrefix(expected) }, "\(field): \(found)")
  }

  @Test func whatIsMissingIsToldAllAtOnce() {
    #expect(
      problems("{}") == ["$.name is missing", "$.url is missing"])
    let none = problems(#"{"name":"a/b","url":"https://h/{{url}}"}"#)
    #expect(none.contains { $0.hasPrefix("$.name must be") } && none.contains { $0.hasPrefix("$.url must begin") })
    #expect(none.contains { $0.contains("{{to}}") } && none.contains { $0.contains("{{text}}") })
    #expect(problems(#"{"name":"a","url":"{{url}}","method":"GET","body":{"text":"{{to}}{{text}}"}}"#).count == 1)
  }

  @Test func whatIsNoDocumentIsRefused() {
    #expect(problems("nonsense")[0].contains("is not JSON"))
    #expect(problems(String(repeating: "[", count: 40))[0].contains("is not JSON"))
    #expect(problems(String(repeating: " ", count: 70_000)) == ["$ has more than 65536 bytes; shorten it"])
    #expect(problems("[]")[0].hasPrefix("$ must be an object"))
  }

  @Test func aQuotaEndsAtTheNextMidnightOfItsZone() throws {
    let mine = try document(with(#""statuses":{"429":"quota"},"quotaEnds":{"midnightAt":"+07:00"}"#))
    let dayMs: Int64 = 86_400_000
    // 16:59:59.999 and 17:00 in UTC are the last millisecond of a day there, and the first.
    #expect(mine.quotaEnd?.ms(nowMs: 20_000 * dayMs + 61_199_999) == 20_000 * dayMs + 61_200_000)
    #expect(mine.quotaEnd?.ms(nowMs: 20_000 * dayMs + 61_200_000) == 20_001 * dayMs + 61_200_000)
    #expect(mine.verdict(status: 429, body: []) == .refused(.quota, code: nil))
    let hourly = try document(with(#""statuses":{"429":"quota"},"quotaEnds":{"afterMinutes":60}"#))
    #expect(hourly.quotaEnd?.ms(nowMs: 5) == 3_600_005)
  }

  @Test func aSecretInTheURLIsThereOnlyWhereItIsMeant() throws {
    let mine = try document(
      #"{"name":"old","url":"{{url}}","method":"GET","authentication":{"kind":"query"},"#
        + #""query":{"u":"{{user}}","p":"{{password}}","to":"{{to}}","t":"{{text}}"}}"#)
    let request = mine.request(
      ProviderMessage(to: "+841", text: "é&", isUCS2: false, id: "n"),
      as: ProviderAccount(url: "https://h/s?v=1", user: "u", password: "p w"))
    #expect(!request.isPost && request.url == "https://h/s?v=1&u=u&p=p%20w&to=%2B841&t=%C3%A9%26")
    #expect(mine.requiredFields == [.user, .password])
  }

  @Test func numbersAreWrittenAsTheProviderWantsThem() {
    #expect(NumberForm.e164.written("+84901234567") == "+84901234567")
    #expect(NumberForm.digits.written("+84901234567") == "84901234567")
    #expect(NumberForm.national("84").written("+84901234567") == "0901234567")
    #expect(NumberForm.national("84").written("+15551234567") == "15551234567")
  }
}
