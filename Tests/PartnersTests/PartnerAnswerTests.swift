import JSON
import Loyalty
import Partners
import Testing

/// What each partner's answers mean, in the forms of their documents and clients.
@Suite(.timeLimit(.minutes(10))) struct PartnerAnswerTests {
  private func verdict(
    _ name: PartnerAccount.AdapterName, _ answer: PartnerAnswer, quantity: Int = 1, checksAnswers: Bool = false,
    isSealed: Bool = false
  ) throws -> IssueVerdict {
    let adapter = try TestPartners.account(name, checksAnswers: checksAnswers, isSealed: isSealed).adapter
    let call = try TestPartners.issueCall(TestPartners.order(name, quantity: quantity), adapter)
    return adapter.verdict(answer, to: call)
  }

  private func status(_ name: PartnerAccount.AdapterName, _ answer: PartnerAnswer) throws -> StatusVerdict {
    let adapter = try TestPartners.account(name).adapter
    return adapter.trialVerdict(answer)
  }

  private func gotIt(_ error: String, status: Int = 200) -> PartnerAnswer {
    TestPartners.answer(
      #"{"status":"OK","statusCode":\#(status),"error":"\#(error)","message":"m","data":[]}"#, status: status)
  }

  @Test func gotItsVouchersAreRead() throws {
    let voucher =
      #"{"voucherCode":"4142468304","voucherLink":"https://v.example/b51r4XtA","voucherSerial":"VX1","#
      + #""expiryDate":"2027-03-01"}"#
    let issued = IssueVerdict.issued([
      PartnerVoucher(
        code: "4142468304", serial: "VX1", link: "https://v.example/b51r4XtA", validUntil: TestPartners.validUntil)
    ])
    // As the documents show it, and as a client of theirs reads it.
    for data in [#"[{"orderName":"x","vouchers":[\#(voucher)]}]"#, #"{"orderName":"x","vouchers":[\#(voucher)]}"#] {
      let answer = TestPartners.answer(#"{"statusCode":200,"error":"","data":\#(data)}"#)
      #expect(try verdict(.gotIt, answer) == issued)
      #expect(try verdict(.gotIt, answer, quantity: 2) == .unknown(code: "answer-incomplete"))
      #expect(try status(.gotIt, answer).outcome == "issued")
    }
    let link = TestPartners.answer(
      #"{"statusCode":200,"error":"","data":[{"vouchers":[{"voucher_link":"https://e.example/c","#
        + #""voucher_serial":"E6","value":"100000","expired_date":"2027-03-01"}]}]}"#)
    #expect(
      try verdict(.gotIt, link)
        == .issued([PartnerVoucher(serial: "E6", link: "https://e.example/c", validUntil: TestPartners.validUntil)]))
    let nothing = TestPartners.answer(#"{"statusCode":200,"error":"","data":[{"vouchers":[{"voucherSerial":"V"}]}]}"#)
    #expect(try verdict(.gotIt, nothing) == .unknown(code: "answer-incomplete"))
  }

  @Test func aSealedVoucherIsOpenedWithOurKeyAlone() throws {
    func answer(_ code: String) -> PartnerAnswer {
      TestPartners.answer(#"{"statusCode":200,"error":"","data":[{"vouchers":[{"voucherCode":"\#(code)"}]}]}"#)
    }
    let sealed = try TestPartners.golden("sealedCode")
    #expect(
      try verdict(.gotIt, answer(sealed), isSealed: true) == .issued([PartnerVoucher(code: "4142468304")]))
    #expect(try verdict(.gotIt, answer("4142468304"), isSealed: true) == .unknown(code: "answer-unreadable"))
  }

  /// biz/biz-api-errorcodes of Got It's documents.
  @Test(
    arguments: [
      ("5003", "out-of-stock"), ("2008", "exists"), ("0001", "account"), ("0002", "account"), ("3000", "account"),
      ("3001", "account"), ("3003", "account"), ("6000", "account"), ("5012", "account"), ("3002", "limit"),
      ("3004", "limit"), ("1010", "refused"), ("1012", "refused"), ("2001", "refused"), ("2014", "refused"),
      ("5002", "refused"), ("5006", "refused"), ("5011", "refused"), ("2007", "refused"), ("9999", "unknown"),
      ("7777", "unknown"),
    ]) func gotItsCodesOfOrders(code: String, outcome: String) throws
  {
    let found = try verdict(.gotIt, gotIt(code))
    #expect(found.outcome == outcome && found.code == "gotit-\(code)")
  }

  @Test(
    arguments: [
      ("2007", "not-known"), ("0002", "account"), ("3003", "account"), ("3002", "limit"), ("2008", "unknown"),
      ("9999", "unknown"), ("5003", "unknown"), ("HTTP_NOT_FOUND", "unknown"),
    ]) func gotItsCodesOfQuestions(code: String, outcome: String) throws
  {
    #expect(try status(.gotIt, gotIt(code)).outcome == outcome)
  }

  @Test func whatGotItDidNotSignIsNotBelieved() throws {
    let body = #"{"statusCode":200,"error":"2008","data":[]}"#
    let signature = try TestPartners.golden("answer")
    func found(_ body: String, _ headers: [String: String]) throws -> IssueVerdict {
      try verdict(.gotIt, TestPartners.answer(body, headers: headers), checksAnswers: true)
    }
    #expect(try found(body, ["gt-signature": signature]) == .exists(code: "gotit-2008"))
    #expect(try found(body + " ", ["gt-signature": signature]) == .unknown(code: "answer-unsigned"))
    #expect(try found(body, ["gt-signature": "AAAA"]) == .unknown(code: "answer-unsigned"))
    #expect(try found(body, [:]) == .unknown(code: "answer-unsigned"))
  }

  private func urBox(_ status: Int, done: Int = 0, data: String = "null") -> PartnerAnswer {
    TestPartners.answer(#"{"done":\#(done),"msg":"m","microtime":"1","status":\#(status),"data":\#(data)}"#)
  }

  @Test func urBoxsVouchersAreRead() throws {
    let gift = #"{"code":"UB1","pin":"77","serial":"S1","link":"https://s.example/1","expired":"01/03/2027"}"#
    let paid = urBox(200, done: 1, data: #"{"pay":2,"cart":{"code_link_gift":[\#(gift)]}}"#)
    #expect(
      try verdict(.urBox, paid)
        == .issued([
          PartnerVoucher(
            code: "UB1", pin: "77", serial: "S1", link: "https://s.example/1", validUntil: TestPartners.validUntil)
        ]))
    let unpaid = urBox(200, done: 1, data: #"{"pay":1,"cart":{"code_link_gift":[\#(gift)]}}"#)
    #expect(try verdict(.urBox, unpaid) == .unknown(code: "answer-incomplete"))
    let detail = urBox(200, done: 1, data: #"{"pay_status_code":2,"detail":[{"code":"UB1","expired":"01-03-2027"}]}"#)
    #expect(
      try status(.urBox, detail) == .issued([PartnerVoucher(code: "UB1", validUntil: TestPartners.validUntil)]))
    let open = urBox(200, done: 1, data: #"{"pay_status_code":"1","detail":[{"code":"UB1"}]}"#)
    #expect(try status(.urBox, open) == .unknown(code: "answer-incomplete"))
  }

  @Test(
    arguments: [
      (220, "out-of-stock"), (225, "out-of-stock"), (407, "out-of-stock"), (210, "account"), (212, "account"),
      (307, "account"), (308, "account"), (306, "limit"), (309, "limit"), (221, "refused"), (226, "refused"),
      (404, "refused"), (610, "refused"), (403, "unknown"), (408, "unknown"), (500, "unknown"),
    ]) func urBoxsCodesOfOrders(code: Int, outcome: String) throws
  {
    let found = try verdict(.urBox, urBox(code))
    #expect(found.outcome == outcome && found.code == "urbox-\(code)")
  }

  @Test(
    arguments: [
      (403, "not-known"), (409, "not-known"), (212, "account"), (306, "limit"), (220, "unknown"), (500, "unknown"),
    ]) func urBoxsCodesOfQuestions(code: Int, outcome: String) throws
  {
    #expect(try status(.urBox, urBox(code)).outcome == outcome)
  }

  @Test(
    arguments: [
      (#"{"code":"out-of-stock"}"#, 409, "out-of-stock"), (#"{"code":"refused"}"#, 422, "refused"),
      (#"{"code":"account"}"#, 401, "account"), (#"{"code":"limit"}"#, 429, "limit"),
      (#"{"code":"later"}"#, 503, "later"), (#"{"code":"else"}"#, 409, "unknown"),
      (#"{"code":"two words"}"#, 200, "unknown"), (#"{"state":"pending"}"#, 202, "unknown"),
      (#"{"state":"issued","vouchers":[]}"#, 200, "unknown"),
      (#"{"state":"issued","vouchers":[{"code":"A"}]}"#, 201, "issued"),
    ]) func aPlainPartnersOrders(body: String, httpStatus: Int, outcome: String) throws
  {
    #expect(try verdict(.json, TestPartners.answer(body, status: httpStatus)).outcome == outcome)
  }

  @Test(
    arguments: [
      (#"{"code":"unknown-reference"}"#, 404, "not-known"), (#"{"code":"refused"}"#, 200, "refused"),
      (#"{"code":"later"}"#, 503, "unknown"), (#"{"state":"pending"}"#, 200, "unknown"), ("", 404, "account"),
      (#"{"state":"issued","vouchers":[{"link":"https://a.example"}]}"#, 200, "issued"),
    ]) func aPlainPartnersAnswersToQuestions(body: String, httpStatus: Int, outcome: String) throws
  {
    #expect(try status(.json, TestPartners.answer(body, status: httpStatus)).outcome == outcome)
  }

  /// What is no answer of the partner's says only what its status shows for certain.
  @Test(
    arguments: [
      (200, "unknown"), (204, "unknown"), (302, "account"), (400, "refused"), (401, "account"), (404, "account"),
      (408, "unknown"), (429, "limit"), (500, "unknown"), (502, "unknown"), (503, "unknown"), (504, "unknown"),
    ]) func aPageOfAProxysIsNoYesAndNoNo(httpStatus: Int, outcome: String) throws
  {
    for name in PartnerAccount.AdapterName.allCases {
      let page = TestPartners.answer("<html>", status: httpStatus)
      #expect(try verdict(name, page).outcome == outcome, "\(name)")
      #expect(try status(name, page).outcome == (outcome == "refused" ? "unknown" : outcome), "\(name)")
    }
  }

  @Test func whatWasNotSentWasNotDone() throws {
    for name in PartnerAccount.AdapterName.allCases {
      #expect(try verdict(name, .notSent) == .later(code: "not-sent"))
      #expect(try verdict(name, .lost) == .unknown(code: "no-answer"))
      #expect(try status(name, .lost) == .unknown(code: "no-answer"))
    }
  }
}
