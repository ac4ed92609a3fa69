import JSON
import Loyalty
import Partners
import Testing

/// What goes to each partner, byte by byte. Signatures are those of OpenSSL's command.
@Suite(.timeLimit(.minutes(10))) struct PartnerRequestTests {
  private func lines(_ request: PartnerRequest) -> [String] {
    ["\(request.isPost ? "POST" : "GET") \(request.url)"] + request.headers.map { "\($0.name): \($0.value)" }
      + [String(decoding: request.body, as: UTF8.self)]
  }

  private static let gotItHeaders = [
    "Content-Type: application/json", "X-GI-Authorization: gi-key", "Accept-Language: vi",
  ]

  @Test func gotItIsAskedByItsDocuments() throws {
    let adapter = try TestPartners.account(.gotIt).adapter
    let call = try TestPartners.issueCall(TestPartners.order(.gotIt, quantity: 2), adapter)
    let issue = try #require(adapter.issue(call))
    let signature = try TestPartners.golden("gotitLinkV")
    #expect(
      lines(issue) == ["POST https://partner.example/api/v4.0/vouchers/v"] + Self.gotItHeaders + [
        #"{"productId":1541,"productPriceId":2991,"quantity":2,"orderName":"Stampede - Dec 2026","#
          + #""expiryDate":"2027-03-01","transactionRefId":"000742_R-1","signature":"\#(signature)"}"#
      ])
    #expect(!issue.isIdempotent)
    let reference = try TestPartners.golden("gotitReference")
    #expect(
      lines(adapter.status(call.reference))
        == ["GET https://partner.example/api/v4.0/vouchers/multiple/status/000742_R-1?isExcludeStoreListInfo=true"]
        + Self.gotItHeaders + [#"{"signature":"\#(reference)"}"#])
    #expect(
      lines(adapter.cataloguePage(3)).first
        == "GET https://partner.example/api/v4.0/products?page=3&pageSize=50&isExcludeStoreListInfo=true")
    #expect(adapter.statement(of: TestPartners.day, page: 1) == nil)
  }

  @Test func anAmountOfGotItIsOneLink() throws {
    let adapter = try TestPartners.account(.gotIt).adapter
    let call = try TestPartners.issueCall(TestPartners.order(.gotIt, product: "amount/100000"), adapter)
    let issue = try #require(adapter.issue(call))
    let signature = try TestPartners.golden("gotitReference")
    #expect(
      lines(issue) == ["POST https://partner.example/api/v4.0/vouchers/e"] + Self.gotItHeaders + [
        #"{"amount":100000,"use_otp":0,"orderName":"Stampede - Dec 2026","expiryDate":"2027-03-01","#
          + #""transactionRefId":"000742_R-1","signature":"\#(signature)"}"#
      ])
  }

  @Test func urBoxIsAskedAsItsClientsAsk() throws {
    let adapter = try TestPartners.account(.urBox).adapter
    let call = try TestPartners.issueCall(TestPartners.order(.urBox, quantity: 2), adapter)
    let signature = try TestPartners.golden("urboxCart")
    #expect(
      lines(try #require(adapter.issue(call))) == [
        "POST https://partner.example/2.0/cart/cartPayVoucher", "Content-Type: application/json",
        "Signature: \(signature)",
        #"{"app_id":"500001","app_secret":"ub-secret","campaign_code":"CAMP-1","#
          + #""dataBuy":[{"priceId":"2001","quantity":"2"}],"isSendSms":0,"site_user_id":"stampede","#
          + #""transaction_id":"R-1","ttphone":"0901234567"}"#,
      ])
    let login = "app_id=500001&app_secret=ub-secret"
    #expect(
      lines(adapter.status(call.reference)) == [
        "GET https://partner.example/2.0/cart/getByTransaction?\(login)&transaction_id=R-1", "",
      ])
    #expect(
      lines(adapter.cataloguePage(1)).first
        == "GET https://partner.example/4.0/gift/lists?\(login)&lang=vi&stock=1&per_page=50&page_no=1")
    let statement = try #require(adapter.statement(of: TestPartners.day, page: 2))
    #expect(
      lines(statement).first == "GET https://partner.example/2.0/cart/getlist?\(login)&site_user_id=stampede"
        + "&campaign_code=CAMP-1&startDate=2026-12-01&endDate=2026-12-01&per_page=50&page_no=2")
    #expect("\(statement)" == "a call to a partner")
  }

  @Test func aPlainPartnerIsAskedByOurPage() throws {
    let adapter = try TestPartners.account(.json).adapter
    let call = try TestPartners.issueCall(TestPartners.order(.json, id: "R/1 ở"), adapter)
    let reference = "R.2f1.20.e1.bb.9f"
    #expect(
      lines(try #require(adapter.issue(call))) == [
        "POST https://partner.example/orders", "Authorization: Bearer json-token", "Content-Type: application/json",
        "Idempotency-Key: \(reference)",
        #"{"reference":"\#(reference)","product":"tea","quantity":1,"validUntil":"2027-03-01"}"#,
      ])
    #expect(
      lines(adapter.status(call.reference)) == [
        "GET https://partner.example/orders/\(reference)", "Authorization: Bearer json-token", "",
      ])
    #expect(lines(adapter.cataloguePage(1)).first == "GET https://partner.example/products?page=1")
    #expect(
      lines(try #require(adapter.statement(of: TestPartners.day, page: 1))).first
        == "GET https://partner.example/statement?day=2026-12-01&page=1")
  }

  /// No two orders have one reference, whatever their ids are made of.
  @Test func referencesTellOrdersApart() throws {
    let adapter = try TestPartners.account(.json).adapter
    let ids = ["a.b", "a.2eb", "a/b", "a b", "A", "a", "ab", "a.", ".2e", "a.2", "é", "e\u{301}"]
    let references = try ids.map {
      try TestPartners.delivery(TestPartners.order(.json, id: $0), adapter).reference.text
    }
    #expect(Set(references).count == ids.count)
    #expect(references.allSatisfy { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
  }

  @Test func whatCannotBeOrderedIsNotStored() throws {
    let gotIt = try TestPartners.account(.gotIt).adapter
    let urBox = try TestPartners.account(.urBox).adapter
    func refusal(_ order: PartnerOrder, _ adapter: any PartnerAdapter) -> PartnerNeverAsked? {
      if case .failure(let refusal) = PartnerDelivery.start(order, with: adapter) { refusal } else { nil }
    }
    for product in ["", "1541", "1541/", "/2991", "0/1", "1541/2991/1", "tea/2991", "amount/100500", "amount/0"] {
      #expect(refusal(TestPartners.order(.gotIt, product: product), gotIt) == .productNotValid, "\(product)")
    }
    #expect(refusal(TestPartners.order(.gotIt, product: "amount/100000", quantity: 2), gotIt) == .productNotValid)
    #expect(refusal(TestPartners.order(.urBox, product: "tea"), urBox) == .productNotValid)
    #expect(refusal(TestPartners.order(.gotIt, id: String(repeating: "x", count: 248)), gotIt) == nil)
    #expect(refusal(TestPartners.order(.gotIt, id: String(repeating: "x", count: 249)), gotIt) == .referenceTooLong)
  }
}
