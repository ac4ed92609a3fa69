import Contracts
import Foundation
import HTTP
import MessageFeedback
import NotifierWeb
import Signing
import TestKeys
import TestValues
import Testing

/// What providers report of messages, by HTTP.
@Suite(.timeLimit(.minutes(10))) struct FeedbackHooksTests {
  private func token(partition: Int32 = 3) throws -> String {
    let id = "n-0123456789abcdef0123456789abcdef"
    return try #require(FeedbackToken(notificationId: id, partition: partition)).text(under: WebFixture.feedbackSecret)
  }

  private func withWeb(_ publisher: (any RecordPublisher)? = nil, _ body: (WebFixture) throws -> Void) throws {
    let web = try WebFixture(publisher: publisher)
    defer { web.close() }
    try body(web)
  }

  @Test func aReportLiesWhereItsMessageDoes() throws {
    try withWeb { web in
      let body = "{\"type\":\"message.bounced\",\"bounce\":\"hard\",\"code\":\"gone\",\"token\":\"\(try token())\"}"
      let answer = try web.ask("POST", "/feedback/json", ["Content-Type: application/json"], body: body)
      #expect(answer.status == 200)
      let record = try #require(web.published.records.first)
      #expect(record.topic == .feedback && record.partition == 3)
      let feedback = try record.value.withUnsafeBytes { try Feedback(decoding: EventEnvelope(data: $0)) }
      #expect(feedback.kind == .bounced && feedback.bounce == .hard && record.key == feedback.notificationId)
      #expect(web.figures.exposition(web.view).contains("provider=\"json\",result=\"taken\"} 1"))
    }
  }

  @Test func smsProvidersReportByTheirDocuments() throws {
    try withWeb { web in
      let form = ["Content-Type: application/x-www-form-urlencoded"]
      let query = "token=\(try token())&id=n-1"
      #expect(
        try web.ask(
          "POST", "/feedback/twilio?\(query)", form, body: "MessageSid=SM1&MessageStatus=delivered"
        ).status == 200)
      #expect(try web.ask("GET", "/feedback/kannel?\(query)&state=2&messageId=17").status == 200)
      let kinds = try web.published.records.map { record in
        try record.value.withUnsafeBytes { try Feedback(decoding: EventEnvelope(data: $0)) }.kind
      }
      #expect(kinds == [.delivered, .bounced])
    }
  }

  @Test func aSignedCallIsKnownByItsHeaders() throws {
    let keys = try KeyFolder()
    try keys.makeECKey("grid")
    let key = try #require(VerifyingKey(try keys.publicKey("grid")))
    let web = try WebFixture(sendGridKey: key)
    defer { web.close() }
    let body = "[{\"event\":\"delivered\",\"stampede\":\"\(try token())\"}]"
    let signature = Data(try keys.signature("grid", of: Array("1790000000\(body)".utf8))).base64EncodedString()
    let headers = [
      "x-twilio-email-event-webhook-signature: \(signature)",
      "X-Twilio-Email-Event-Webhook-Timestamp: 1790000000",
    ]
    #expect(try web.ask("POST", "/feedback/sendgrid", headers, body: body).status == 200)
    #expect(web.published.records.count == 1)
    #expect(try web.ask("POST", "/feedback/sendgrid", body: body).status == 401)
    #expect(try web.ask("POST", "/feedback/sendgrid", headers, body: body + " ").status == 401)
    #expect(web.published.records.count == 1)
  }

  @Test func aForeignTokenReportsNothing() throws {
    try withWeb { web in
      let foreign = String(try token().dropLast()) + "A"
      #expect(try web.ask("GET", "/feedback/kannel?token=\(foreign)&id=n-1&state=1&messageId=17").status == 200)
      #expect(try web.ask("POST", "/feedback/mailgun", body: "{}").status == 400)
      #expect(try web.ask("POST", "/feedback/json", body: "no json").status == 400)
      #expect(try web.ask("POST", "/feedback/nobody", body: "{}").status == 404)
      #expect(web.published.records.isEmpty)
    }
  }

  @Test func nobodyOpensTheAddressOfAConfirmation() throws {
    try withWeb { web in
      let body = #"{"Type":"SubscriptionConfirmation","SubscribeURL":"https://sns.eu-west-1.amazonaws.com/?x=1"}"#
      let answer = try web.ask("POST", "/feedback/ses", body: body)
      #expect(answer.status == 200)
      #expect(web.asked.urls == ["https://sns.eu-west-1.amazonaws.com/?x=1"] && web.published.records.isEmpty)
    }
  }

  @Test func withoutBrokersTheProviderComesAgain() throws {
    try withWeb(NoBrokers()) { web in
      let query = "token=\(try token())&id=n-1&state=1&messageId=17"
      let answer = try web.ask("GET", "/feedback/kannel?\(query)")
      #expect(answer.status == 503)
    }
  }
}
