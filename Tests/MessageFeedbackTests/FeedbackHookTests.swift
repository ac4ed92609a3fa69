import Contracts
import Loyalty
import MessageFeedback
import Testing

@Suite(.timeLimit(.minutes(10))) struct FeedbackHookTests {
  let now = Instant(milliseconds: 1_800_000_000_000)
  let secrets = FeedbackHook.Secrets(feedback: SampleMail.secret, mailgunKey: SampleHook.mailgunKey)

  func answer(_ hook: FeedbackHook, _ body: String, query: String = "") -> FeedbackHook.Answer {
    hook.read(body: Array(body.utf8), query: query, secrets, at: now)
  }

  /// `kind bounce code providerMessageId` of each event that was taken.
  func told(_ hook: FeedbackHook, _ body: String, query: String = "") -> [String] {
    guard case .told(let feedback, _) = answer(hook, body, query: query) else { return ["refused"] }
    return feedback.map { each in
      #expect(each.notificationId == SampleMail.id && each.partition == 3 && each.source == hook.rawValue)
      return [each.kind.label, each.bounce?.rawValue, each.code, each.providerMessageId].compactMap { $0 }
        .joined(separator: " ")
    }
  }

  @Test func sesIsReadWrappedAndRaw() {
    let expected = ["bounced hard 5.1.1 0102018f-7a2c-000000"]
    #expect(told(.ses, SampleHook.sesBounce) == expected)
    #expect(told(.ses, SampleHook.sns(SampleHook.sesBounce)) == expected)
    guard case .told(let feedback, 0) = answer(.ses, SampleHook.sesBounce) else { return #expect(Bool(false)) }
    #expect(feedback.map(\.occurredAt) == [Instant(rfc3339: "2026-11-22T06:05:13Z")])
  }

  @Test(
    arguments: [
      ("\"eventType\":\"Delivery\",\"delivery\":{}", ["delivered 0102018f-7a2c-000000"]),
      (
        "\"notificationType\":\"Complaint\",\"complaint\":{\"complaintFeedbackType\":\"abuse\"}",
        ["complained abuse 0102018f-7a2c-000000"]
      ),
      ("\"notificationType\":\"Complaint\",\"complaint\":{\"complaintFeedbackType\":\"not-spam\"}", []),
      (
        "\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Transient\",\"bounceSubType\":\"MailboxFull\"}",
        ["bounced soft MailboxFull 0102018f-7a2c-000000"]
      ),
      (
        "\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bounceSubType\":\"Suppressed\"}",
        ["bounced hard Suppressed 0102018f-7a2c-000000"]
      ),
      ("\"eventType\":\"Subscription\"", ["opted-out subscription 0102018f-7a2c-000000"]),
      ("\"eventType\":\"Open\"", []),
    ] as [(String, [String])])
  func eventsOfSESAreWhatTheySay(event: String, expected: [String]) {
    #expect(told(.ses, SampleHook.ses(event)) == expected)
  }

  /// Nobody opens an address because a stranger sent it.
  @Test func snsIsConfirmedByAPerson() {
    let url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336"
    let ask = { (url: String) in "{\"Type\":\"SubscriptionConfirmation\",\"SubscribeURL\":\"\(url)\"}" }
    #expect(answer(.ses, ask(url)) == .asksForConfirmation(url: url))
    for other in [
      "http://sns.eu-west-1.amazonaws.com/", "https://sns.example.com/", "https://sns.x.amazonaws.com.evil.example/",
      "https://evil.example/?sns.eu-west-1.amazonaws.com/", "https://sns.@evil.example:1/x.amazonaws.com",
    ] {
      #expect(answer(.ses, ask(other)) == .refused(.unreadable), "\(other)")
    }
  }

  @Test(
    arguments: [
      ("\"event\":\"delivered\"", ["delivered abc.filter-1"]),
      ("\"event\":\"bounce\",\"type\":\"bounce\",\"status\":\"5.1.1\"", ["bounced hard 5.1.1 abc.filter-1"]),
      ("\"event\":\"bounce\",\"type\":\"blocked\",\"status\":\"5.7.1\"", ["bounced refused 5.7.1 abc.filter-1"]),
      ("\"event\":\"dropped\",\"reason\":\"Bounced Address\"", ["bounced hard dropped abc.filter-1"]),
      ("\"event\":\"dropped\",\"reason\":\"Unsubscribed Address\"", ["bounced refused dropped abc.filter-1"]),
      ("\"event\":\"spamreport\"", ["complained abc.filter-1"]),
      ("\"event\":\"group_unsubscribe\"", ["opted-out abc.filter-1"]),
      ("\"event\":\"deferred\"", []), ("\"event\":\"open\"", []),
    ] as [(String, [String])])
  func eventsOfSendGridAreWhatTheySay(fields: String, expected: [String]) {
    #expect(told(.sendgrid, SampleHook.sendGrid(fields)) == expected)
  }

  @Test(
    arguments: [
      ("\"event\":\"delivered\"", ["delivered CPgfbmQMTCKtHW6uIWtuVe"]),
      (
        "\"event\":\"failed\",\"severity\":\"permanent\",\"delivery-status\":{\"code\":550,\"enhanced-code\":\"5.1.1\"}",
        ["bounced hard 5.1.1 CPgfbmQMTCKtHW6uIWtuVe"]
      ),
      ("\"event\":\"failed\",\"severity\":\"temporary\",\"delivery-status\":{\"code\":452}", []),
      (
        "\"event\":\"failed\",\"severity\":\"permanent\",\"reason\":\"old\"",
        ["bounced soft old CPgfbmQMTCKtHW6uIWtuVe"]
      ),
      (
        "\"event\":\"failed\",\"severity\":\"permanent\",\"reason\":\"suppress-bounce\"",
        ["bounced hard suppress-bounce CPgfbmQMTCKtHW6uIWtuVe"]
      ),
      ("\"event\":\"complained\"", ["complained CPgfbmQMTCKtHW6uIWtuVe"]),
      ("\"event\":\"unsubscribed\"", ["opted-out CPgfbmQMTCKtHW6uIWtuVe"]),
    ] as [(String, [String])])
  func eventsOfMailgunAreWhatTheySay(fields: String, expected: [String]) {
    #expect(told(.mailgun, SampleHook.mailgun(fields)) == expected)
  }

  @Test func callThatMailgunDidNotSignIsRefused() {
    let signed = SampleHook.mailgun("\"event\":\"complained\"")
    for other in [
      signed.replacing("\"timestamp\":\"1790000000\"", with: "\"timestamp\":\"1790000001\""),
      signed.replacing(SampleHook.mailgunSignature, with: String(SampleHook.mailgunSignature.dropLast())),
      signed.replacing(SampleHook.mailgunSignature, with: String(repeating: "0", count: 64)),
    ] {
      #expect(answer(.mailgun, other) == .refused(.unsigned))
    }
    let withoutKey = FeedbackHook.Secrets(feedback: SampleMail.secret)
    #expect(FeedbackHook.mailgun.read(body: Array(signed.utf8), withoutKey, at: now) == .refused(.unsigned))
  }

  @Test func plainEventsAndKannelAreRead() {
    let token = SampleMail.token
    #expect(
      told(.json, "{\"type\":\"message.bounced\",\"bounce\":\"hard\",\"code\":\"gone\",\"token\":\"\(token)\"}") == [
        "bounced hard gone"
      ])
    #expect(told(.json, "[{\"type\":\"message.opted-out\",\"token\":\"\(token)\",\"code\":\"a@b\"}]") == ["opted-out"])
    #expect(told(.kannel, "", query: "token=\(token)&id=n-1&state=1&messageId=17") == ["delivered 17"])
    #expect(told(.kannel, "", query: "id=n-1&state=2&messageId=17&token=\(token)") == ["bounced soft 2 17"])
    #expect(told(.kannel, "", query: "id=n-1&state=8&messageId=17&token=\(token)") == [])
    #expect(told(.kannel, "", query: "id=n-1&state=1&messageId=17&token=x\(token)") == [])
    let twilio = "MessageSid=SM1&MessageStatus=delivered"
    #expect(told(.twilio, twilio, query: "token=\(token)&id=n-1") == ["delivered SM1"])
  }

  @Test func whatNamesNoMessageOfOursIsPassedOver() {
    let foreign = "{\"type\":\"message.delivered\",\"token\":\"\(SampleMail.token.dropLast())a\"}"
    let ours = "{\"type\":\"message.delivered\",\"token\":\"\(SampleMail.token)\"}"
    guard case .told(let told, let passedOver) = answer(.json, "[\(foreign),\(ours),{},7]") else {
      return #expect(Bool(false))
    }
    #expect(told.count == 1 && passedOver == 3)
  }

  @Test func whatIsNotThatProvidersIsRefused() {
    for hook in [FeedbackHook.ses, .sendgrid, .mailgun, .json] {
      #expect(answer(hook, "no JSON") == .refused(.unreadable), "\(hook)")
      #expect(answer(hook, String(repeating: " ", count: FeedbackHook.bodyBytesMax + 1)) == .refused(.tooLarge))
    }
    for hook in [FeedbackHook.ses, .sendgrid, .mailgun] { #expect(answer(hook, "{}") == .refused(.unreadable)) }
    #expect(FeedbackHook.Refusal.allCases.map(\.status) == [400, 413, 401, 503])
  }

  /// A call of somebody who knows what time it will be.
  @Test func nothingIsReportedOfTheFuture() {
    let body =
      "{\"type\":\"message.delivered\",\"token\":\"\(SampleMail.token)\",\"occurredAt\":\"2999-01-01T00:00:00Z\"}"
    guard case .told(let told, 0) = answer(.json, body) else { return #expect(Bool(false)) }
    #expect(told.map(\.occurredAt) == [now])
  }
}

extension Feedback.Kind {
  fileprivate var label: String { String(rawValue.drop { $0 != "." }.dropFirst()) }
}
