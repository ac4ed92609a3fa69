import MessageFeedback
import Providers
import Testing

/// Messages by templates that a provider has.
@Suite(.timeLimit(.minutes(10))) struct ZaloZNSTests {
  private func zalo() throws -> ProviderDocument { try #require(try ShippedProviders.document("zalo-zns")) }

  private func problems(_ text: String) -> [String] {
    do throws(ProviderRefused) {
      _ = try ProviderDocument(parsing: Array(text.utf8))
      return []
    } catch {
      return error.problems.map { "\($0.path) \($0.text)" }
    }
  }

  @Test func aMessageIsATemplateWithItsParametersAndTheToken() throws {
    let document = try zalo()
    #expect(document.takesTemplates && !document.deduplicates && document.requiredFields == [.password])
    let request = document.request(
      ProviderMessage(
        to: "+84901234567",
        .template("7895417a7d3f9461cd2e", parameters: [.init("customer_name", "Lan \"A\""), .init("points", "1.234")]),
        id: "n-1"),
      as: ProviderAccount(url: document.defaultURL ?? "", password: "t-1"))
    #expect(request.url == "https://business.openapi.zalo.me/message/template" && request.isPost)
    #expect(
      request.headers.map { "\($0.name): \($0.value)" } == ["Content-Type: application/json", "access_token: t-1"])
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == #"{"phone":"84901234567","template_id":"7895417a7d3f9461cd2e","template_data":"#
        + #"{"customer_name":"Lan \"A\"","points":"1.234"},"tracking_id":"n-1"}"#)
  }

  @Test(
    arguments: [
      (-108, AnswerMeaning.address), (-118, .address), (-114, .address), (-139, .address), (-141, .address),
      (-109, .message), (-132, .message), (-131, .message), (-124, .account), (-115, .account), (-137, .account),
      (-144, .quota), (-147, .retry), (-100, .retry), (-133, .retry),
    ])
  func aCodeSaysWhatItSpeaksOf(code: Int, meaning: AnswerMeaning) throws {
    let answer = Array(#"{"error":\#(code),"message":"no"}"#.utf8)
    #expect(try zalo().verdict(status: 200, body: answer) == .refused(meaning, code: "\(code)"))
  }

  @Test func whatZaloTakesHasItsId() throws {
    let body = #"{"error":0,"message":"Success","data":{"msg_id":"a4d0243f","sent_time":"1626926349402"}}"#
    #expect(try zalo().verdict(status: 200, body: Array(body.utf8)) == .taken(messageId: "a4d0243f"))
    // A code that nobody knows is no yes, and nothing for good.
    #expect(
      try zalo().verdict(status: 200, body: Array(#"{"error":-9999}"#.utf8)) == .refused(nil, code: "-9999"))
    #expect(try zalo().verdict(status: 200, body: Array("<html>".utf8)) == .unclear)
  }

  /// 17:30 of 1 December in UTC is half past midnight in Hanoi.
  @Test func aQuotaEndsAtHanoisMidnight() throws {
    let end = try #require(try zalo().quotaEnd)
    #expect(end.ms(nowMs: 1_796_146_200_000) == 1_796_230_800_000)
  }

  @Test func theCallBackNamesTheMessage() throws {
    let body = #"{"event_name":"user_received_message","message":{"msg_id":"m1","tracking_id":"n-1"}}"#
    let read = ProviderCallback(query: "", body: Array(body.utf8), by: try zalo())
    #expect(
      read
        == .feedback(
          ProviderFeedback(
            provider: "zalo-zns", messageId: "n-1", providerMessageId: "m1", state: .delivered, code: nil)))
  }

  @Test(
    arguments: [
      (#"{"json":{"to":"{{to}}","t":"{{template}}"}}"#, #"$.body never writes "{{parameters}}""#),
      (#"{"json":{"to":"{{to}}","p":"{{parameters}}"}}"#, "$ never writes {{template}}"),
      (
        #"{"json":{"to":"{{to}}","t":"{{template}}","p":"{{parameters}}","x":"{{text}}"}}"#,
        "$ writes {{text}} beside {{template}}"
      ),
      (#"{"form":{"to":"{{to}}","t":"{{template}}","p":"{{parameters}}"}}"#, "$.body writes {{parameters}}"),
      (#"{"json":{"to":"{{to}}","t":"{{template}}","p":"a {{parameters}}"}}"#, "$.body writes {{parameters}}"),
    ])
  func aDocumentTakesATextOrATemplateWithParameters(body: String, problem: String) {
    let found = problems(#"{"name":"mine","url":"{{url}}","body":\#(body)}"#)
    #expect(found.contains { $0.hasPrefix(problem) }, "\(found)")
  }

  @Test func whatTakesATextIsNotWhatTakesATemplate() throws {
    #expect(ShippedProviders.smsNames.count + ShippedProviders.templateNames.count == ShippedProviders.names.count)
    for name in ShippedProviders.names {
      let document = try #require(try ShippedProviders.document(name))
      #expect(document.takesTemplates == ShippedProviders.templateNames.contains(name))
    }
  }
}
