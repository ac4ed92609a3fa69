import Providers
import Testing

/// What goes to each provider, byte by byte.
@Suite(.timeLimit(.minutes(10))) struct ShippedRequestTests {
  static let id = "n-0123456789abcdef0123456789abcdef"

  func request(
    _ name: String, text: String = "Ban co 5 diem & [6]", isUCS2: Bool = false, callback: Bool = true,
    to: String = "+84901234567", from: String? = "SEN"
  ) throws -> [String] {
    let document = try #require(try ShippedProviders.document(name))
    let account = ProviderAccount(
      url: document.defaultURL ?? "https://gateway.example/send", from: from, user: "user", password: "p&s\"s",
      authorization: "Bearer t", account: "AC 1", callbackURL: callback ? "https://h.example/x?t=1" : nil)
    let request = document.request(
      ProviderMessage(to: to, text: text, isUCS2: isUCS2, id: Self.id), as: account)
    return ["\(request.isPost ? "POST" : "GET") \(request.url)"] + request.headers.map { "\($0.name): \($0.value)" }
      + [String(decoding: request.body, as: UTF8.self)]
  }

  @Test func everyShippedDocumentIsRightAndNamesItsSources() throws {
    for name in ShippedProviders.names {
      let document = try #require(try ShippedProviders.document(name))
      #expect(document.name == name && !document.sources.isEmpty && document.callback != nil)
    }
    #expect(try ShippedProviders.document("nobody") == nil)
  }

  @Test func eSMS() throws {
    #expect(
      try request("esms") == [
        "POST https://rest.esms.vn/MainService.svc/json/SendMultipleMessage_V4_post_json/",
        "Content-Type: application/json",
        #"{"ApiKey":"user","SecretKey":"p&s\"s","Phone":"0901234567","Content":"Ban co 5 diem & [6]","#
          + #""Brandname":"SEN","SmsType":"2","IsUnicode":"0","RequestId":"n-0123456789abcdef0123456789abcdef","#
          + #""CallbackUrl":"https://h.example/x?t=1"}"#,
      ])
    let marked = try request("esms", text: "Bạn có\n5 \"điểm\"", isUCS2: true, callback: false, to: "+4915112345678")
    #expect(
      marked[2]
        == #"{"ApiKey":"user","SecretKey":"p&s\"s","Phone":"4915112345678","Content":"Bạn có\n5 \"điểm\"","#
        + #""Brandname":"SEN","SmsType":"2","IsUnicode":"1","RequestId":"n-0123456789abcdef0123456789abcdef"}"#)
  }

  @Test func twilio() throws {
    #expect(
      try request("twilio") == [
        "POST https://api.twilio.com/2010-04-01/Accounts/AC%201/Messages.json",
        "Content-Type: application/x-www-form-urlencoded", "Authorization: Basic dXNlcjpwJnMicw==",
        "To=%2B84901234567&From=SEN&Body=Ban%20co%205%20diem%20%26%20%5B6%5D"
          + "&StatusCallback=https%3A%2F%2Fh.example%2Fx%3Ft%3D1%26id%3Dn-0123456789abcdef0123456789abcdef",
      ])
    #expect(
      try request("twilio", text: "điểm", isUCS2: true, callback: false).last
        == "To=%2B84901234567&From=SEN&Body=%C4%91i%E1%BB%83m")
  }

  @Test func vonage() throws {
    #expect(
      try request("vonage") == [
        "POST https://rest.nexmo.com/sms/json", "Content-Type: application/x-www-form-urlencoded",
        "Authorization: Basic dXNlcjpwJnMicw==",
        "from=SEN&to=84901234567&text=Ban%20co%205%20diem%20%26%20%5B6%5D&type=text"
          + "&client-ref=n-0123456789abcdef0123456789abcdef"
          + "&callback=https%3A%2F%2Fh.example%2Fx%3Ft%3D1%26id%3Dn-0123456789abcdef0123456789abcdef",
      ])
    #expect(try request("vonage", text: "đ", isUCS2: true, callback: false).last?.contains("&type=unicode") == true)
  }

  @Test func kannel() throws {
    #expect(
      try request("kannel", text: "Bạn có 5 điểm", isUCS2: true) == [
        "POST https://gateway.example/send", "Content-Type: text/plain; charset=UTF-8", "X-Kannel-Username: user",
        "X-Kannel-Password: p&s\"s", "X-Kannel-To: +84901234567", "X-Kannel-From: SEN", "X-Kannel-Coding: 2",
        "X-Kannel-DLR-Mask: 19",
        "X-Kannel-DLR-Url: https://h.example/x?t=1&id=n-0123456789abcdef0123456789abcdef&state=%d&messageId=%F",
        "Bạn có 5 điểm",
      ])
    #expect(
      try request("kannel", callback: false, from: nil) == [
        "POST https://gateway.example/send", "Content-Type: text/plain; charset=UTF-8", "X-Kannel-Username: user",
        "X-Kannel-Password: p&s\"s", "X-Kannel-To: +84901234567", "X-Kannel-Coding: 0", "Ban co 5 diem & [6]",
      ])
  }

  @Test func plainJSON() throws {
    #expect(
      try request("json") == [
        "POST https://gateway.example/send", "Content-Type: application/json", "Authorization: Bearer t",
        "Idempotency-Key: n-0123456789abcdef0123456789abcdef",
        #"{"id":"n-0123456789abcdef0123456789abcdef","to":"+84901234567","from":"SEN","text":"Ban co 5 diem & [6]","#
          + #""callbackUrl":"https://h.example/x?t=1"}"#,
      ])
  }

  /// No secret is in a URL, whoever the provider.
  @Test func noURLHoldsASecret() throws {
    for name in ShippedProviders.names {
      let url = try request(name)[0]
      #expect(!url.contains("p&s") && !url.contains("p%26s") && !url.contains("Bearer"), "\(name): \(url)")
    }
  }
}
