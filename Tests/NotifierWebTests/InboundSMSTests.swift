import Contracts
import HTTP
import NotifierWeb
import ServiceDomain
import Testing

@Suite(.timeLimit(.minutes(10))) struct InboundSMSTests {
  private static let known = "secret=\(WebFixture.smsSecret.replacing("'", with: "%27"))"

  func withWeb(brand: String? = "Quà Tặng Sen", _ body: (WebFixture) throws -> Void) throws {
    let web = try WebFixture(brand: brand)
    defer { web.close() }
    try body(web)
  }

  @Test func stopGoesOutUnderThePhonesDigest() throws {
    try withWeb { web in
      let answer = try web.ask("GET", "/sms/inbound?\(Self.known)&from=%2B84901234567&text=STOP")
      #expect(answer.status == 200)
      #expect(
        answer.body
          == "Qua Tang Sen: you will get no more SMS from us, but for your account's security. To come back: START")
      let request = try #require(try web.published.requests().first)
      let digester = ContactDigester(secret: "s")
      #expect(
        request.subject
          == .contact(
            digest: digester.digest(ofPhone: "+84901234567").hexadecimal, check: digester.check.hexadecimal))
      #expect(request.changes == Preference.all(channels: [.sms], isWanted: false) && request.source == "sms")
      #expect(!String(decoding: web.published.records[0].value, as: UTF8.self).contains("901234567"))
    }
  }

  @Test func everyFormOfAGatewayIsHeard() throws {
    try withWeb { web in
      let form = ["Content-Type: application/x-www-form-urlencoded"]
      let bearer = "Authorization: Bearer \(WebFixture.smsSecret)"
      #expect(
        try web.ask("POST", "/sms/inbound?\(Self.known)", form, body: "from=0901+234+567&text=HU%E1%BB%B6").body
          .hasPrefix("Qua Tang Sen: ban se khong nhan SMS nua"))
      let answer = try web.ask(
        "POST", "/sms/inbound", ["Content-Type: application/json; charset=utf-8", bearer],
        body: #"{"from":"+84907654321","text":" tc. ","other":1}"#)
      #expect(answer.body.hasPrefix(#"{"reply":"Qua Tang Sen: ban se khong"#))
      #expect(try web.published.requests().count == 2)
    }
  }

  @Test(arguments: [
    ("STOP", SMSKeyword.stop, PageLanguage.english), ("stop!", .stop, .english), (" Stop all ", .stop, .english),
    ("TC", .stop, .vietnamese), ("Từ chối", .stop, .vietnamese), ("HỦY", .stop, .vietnamese),
    ("huy qc", .stop, .vietnamese), ("START", .start, .english), ("ĐK", .start, .vietnamese),
    ("đăng ký", .start, .vietnamese),
  ])
  func wordsAreKnownWhateverTheirMarks(_ text: String, _ keyword: SMSKeyword, _ language: PageLanguage) {
    #expect(SMSKeyword.read(text) == .init(keyword: keyword, language: language))
  }

  /// Huy is a name as well.
  @Test(arguments: ["Huy oi", "please stop", "don't stop", "", "?", "STOPPED", "tcp", "DK 1", "s t o p"])
  func otherTextsAreNot(_ text: String) { #expect(SMSKeyword.read(text) == nil) }

  @Test func otherTextsAndSendersAreAnsweredWithNothing() throws {
    try withWeb { web in
      for query in ["from=0901234567&text=hello", "from=BANK&text=STOP", "from=1900&text=STOP"] {
        let answer = try web.ask("GET", "/sms/inbound?\(Self.known)&\(query)")
        #expect(answer.status == 200 && answer.body.isEmpty)
      }
      #expect(web.published.records.isEmpty)
    }
  }

  /// Some phones answer by themselves.
  @Test func itIsConfirmedOnceADay() throws {
    let confirmations = SMSConfirmations(phonesMax: 2)
    let stop = SMSKeyword.Said(keyword: .stop, language: .vietnamese)
    let start = SMSKeyword.Said(keyword: .start, language: .vietnamese)
    let (one, two, three) = (
      ContactDigest(high: 1, low: 0), ContactDigest(high: 2, low: 0), ContactDigest(high: 3, low: 0)
    )
    let now = ContinuousClock.now
    func told(_ said: SMSKeyword.Said, _ phone: ContactDigest, afterHours hours: Int) -> Bool {
      confirmations.text(for: said, from: phone, brand: nil, now: now + .seconds(3_600 * hours)) != nil
    }
    #expect(told(stop, one, afterHours: 0) && !told(stop, one, afterHours: 1) && !told(stop, one, afterHours: 23))
    #expect(told(start, one, afterHours: 1), "the other way is another thing to say")
    #expect(!told(stop, two, afterHours: 2), "more phones than are remembered")
    #expect(told(stop, one, afterHours: 24) && told(stop, three, afterHours: 26) && !told(stop, three, afterHours: 27))
  }

  @Test func everyConfirmationIsOneSMS() {
    let confirmations = SMSConfirmations()
    let phone = ContactDigest(high: 1, low: 0)
    for keyword in SMSKeyword.allCases {
      for language in PageLanguage.allCases {
        let fresh = SMSConfirmations()
        let text = fresh.text(for: .init(keyword: keyword, language: language), from: phone, brand: "Quà Tặng Sen")
        #expect(text.map { $0.utf8.count <= 160 && $0.utf8.allSatisfy { $0 < 0x80 } } == true, "\(text ?? "")")
      }
    }
    #expect(confirmations.text(for: .init(keyword: .stop, language: .english), from: phone, brand: nil)?.first == "y")
  }

  @Test func whatWasNotPublishedIsNotConfirmed() throws {
    let web = try WebFixture(publisher: NoBrokers())
    defer { web.close() }
    let target = "/sms/inbound?\(Self.known)&from=0901234567&text=STOP"
    for _ in 0..<2 { #expect(try web.ask("GET", target).status == 503) }
  }

  @Test func whoDoesNotKnowTheSecretIsNotHeard() throws {
    try withWeb { web in
      for target in ["/sms/inbound?from=0901234567&text=STOP", "/sms/inbound?secret=x&from=0901234567&text=STOP"] {
        let without = try web.ask("GET", target)
        let wrong = try web.ask("GET", target, ["Authorization: Bearer \(WebFixture.smsSecret)x"])
        #expect(without.status == 401 && wrong.status == 401)
      }
      #expect(web.published.records.isEmpty)
    }
  }

  @Test(arguments: ["{", "[]", #"{"from":1,"text":"STOP"}"#, #"{"text":"STOP"}"#])
  func aBodyWithoutSenderAndTextIsRefused(_ body: String) throws {
    try withWeb { web in
      let headers = ["Content-Type: application/json", "Authorization: Bearer \(WebFixture.smsSecret)"]
      let posted = try web.ask("POST", "/sms/inbound", headers, body: body)
      let asked = try web.ask("GET", "/sms/inbound?\(Self.known)&from=0901234567")
      #expect(posted.status == 400 && asked.status == 400)
    }
  }
}
