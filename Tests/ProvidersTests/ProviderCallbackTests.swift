import MessageFeedback
import Providers
import Testing

/// Call-backs as the providers' pages show them.
@Suite(.timeLimit(.minutes(10))) struct ProviderCallbackTests {
  func read(_ name: String, _ query: String, _ body: String = "") throws -> String {
    let document = try #require(try ShippedProviders.document(name))
    switch ProviderCallback(query: query, body: Array(body.utf8), by: document) {
    case .unreadable(let reason): return "unreadable: \(reason)"
    case .feedback(let feedback):
      #expect(feedback.provider == name)
      return [
        feedback.state.rawValue, feedback.messageId ?? "-", feedback.providerMessageId ?? "-", feedback.code ?? "-",
      ].joined(separator: " ")
    }
  }

  /// developers.esms.vn/en/esms-api/callback-url, with a request id.
  @Test func eSMSCallsByGET() throws {
    let page =
      "SMSID=dc712784-9c5f-4c69-b9a8-ea69d56adc9a87&SendFailed=2&SendStatus=5&SendSuccess=0&TotalPrice=0.0000"
      + "&TotalReceiver=2&TotalSent=2&RequestId=&TypeId=2&telcoid=1&phonenumber=0901888484&switchsmsid="
    #expect(try read("esms", page) == "undelivered - dc712784-9c5f-4c69-b9a8-ea69d56adc9a87 5")
    let delivered = page.replacing("SendSuccess=0", with: "SendSuccess=1").replacing(
      "RequestId=", with: "RequestId=n-1")
    #expect(try read("esms", delivered) == "delivered n-1 dc712784-9c5f-4c69-b9a8-ea69d56adc9a87 5")
    #expect(try read("esms", "RequestId=n-1&SendStatus=4") == "undelivered n-1 - 4")
    #expect(try read("esms", "RequestId=n-1&SendStatus=7") == "passing n-1 - 7")
  }

  /// twilio.com/docs/messaging/guides/track-outbound-message-status: POST with a form, the id is in our URL.
  @Test func twilioPostsAForm() throws {
    let form =
      "SmsSid=SM2xxxxxx&SmsStatus=sent&MessageStatus=sent&To=%2B1512zzzyyyy&MessageSid=SM2xxxxxx&AccountSid=ACxxxxxxx"
      + "&From=%2B1512xxxyyyy&ApiVersion=2010-04-01"
    #expect(try read("twilio", "id=n-1", form) == "passing n-1 SM2xxxxxx -")
    let delivered = form.replacing("Status=sent", with: "Status=delivered")
    #expect(try read("twilio", "t=secret&id=n-1", delivered) == "delivered n-1 SM2xxxxxx -")
    let failed = form.replacing("MessageStatus=sent", with: "MessageStatus=undelivered")
    for (code, state) in [("30003", "undelivered"), ("30006", "bounced"), ("21610", "opted-out")] {
      #expect(try read("twilio", "id=n-1", failed + "&ErrorCode=\(code)") == "\(state) n-1 SM2xxxxxx \(code)")
    }
  }

  /// developer.vonage.com/messaging/sms/guides/delivery-receipts: GET, a form or JSON, as the account says.
  @Test func vonageCallsInAnyOfItsForms() throws {
    let json = #"""
      {"err-code":"0","message-timestamp":"2018-10-25 12:10:29","messageId":"0B00000127FDBC63","msisdn":"447547232824",
       "network-code":"23410","price":"0.03330000","scts":"1810251310","status":"delivered","to":"Vonage CLI"}
      """#
    #expect(try read("vonage", "id=n-1", json) == "delivered n-1 0B00000127FDBC63 0")
    let pairs = "messageId=0B00000127FDBC63&status=expired&err-code=1&msisdn=447547232824"
    #expect(try read("vonage", "id=n-1", pairs) == "undelivered n-1 0B00000127FDBC63 1")
    #expect(try read("vonage", "id=n-1&" + pairs) == "undelivered n-1 0B00000127FDBC63 1")
    #expect(try read("vonage", "id=n-1", #"{"status":"buffered"}"#) == "passing n-1 - -")
  }

  @Test func kannelCallsTheURLThatItWasGiven() throws {
    let id = "efd9242b-74c5-4401-bcae-b12a1c75c525"
    #expect(try read("kannel", "id=n-1&state=1&messageId=\(id)") == "delivered n-1 \(id) 1")
    #expect(try read("kannel", "id=n-1&state=8&messageId=") == "passing n-1 - 8")
    #expect(try read("kannel", "id=n-1&state=16&messageId=") == "undelivered n-1 - 16")
  }

  @Test func aPlainGatewayPostsJSON() throws {
    #expect(
      try read("json", "", #"{"id":"n-1","messageId":"G-7","state":"bounced","code":"unknown-subscriber"}"#)
        == "bounced n-1 G-7 unknown-subscriber")
  }

  @Test func whatCannotBeUsedIsRefusedWithoutRepeatingIt() throws {
    #expect(try read("json", "", #"{"state":"delivered"}"#) == "unreadable: it names no message")
    #expect(try read("json", "id=n-1&state=eaten") == "unreadable: it tells a state that the document does not know")
    #expect(try read("json", "id=a%20b%0D&state=delivered") == "unreadable: it names no message")
    #expect(try read("json", "", String(repeating: "x", count: 70_000)) == "unreadable: it is longer than 65536 bytes")
    #expect(try read("json", "id=%", "[[[[") == "unreadable: it names no message")
    let many = (0..<1_000).map { "a\($0)=1" }.joined(separator: "&")
    #expect(try read("json", many + "&id=n-1&state=delivered") == "unreadable: it names no message")
    #expect(try read("json", "", String(repeating: "[", count: 60_000)) == "unreadable: it names no message")
    let without = try ProviderDocument(
      parsing: Array(#"{"name":"mine","url":"{{url}}","body":{"text":"{{to}} {{text}}"}}"#.utf8))
    #expect(
      ProviderCallback(query: "id=n-1", body: [], by: without)
        == .unreadable("the document of mine describes no call-back"))
  }
}
