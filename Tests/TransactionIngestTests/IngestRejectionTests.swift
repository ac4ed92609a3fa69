import Contracts
import JSON
import StreamTesting
import Testing
import TransactionIngest

@Suite(.timeLimit(.minutes(10))) struct IngestRejectionTests {
  @Test(
    arguments: [
      (IngestFixture.purchase(amount: "95.0.0"), "invalid-amount"),
      (IngestFixture.purchase(amount: "-1"), "negative-amount"),
      (IngestFixture.purchase().replacing("VND", with: "XQQ"), "unknown-currency"),
      (IngestFixture.purchase().replacing("\"id\":\"P-1\",", with: ""), "missing-field"),
      (IngestFixture.purchase().replacing("\"quantity\":2", with: "\"quantity\":-1"), "negative-quantity"),
      (IngestFixture.purchase(member: "{\"card\":\"9704000000000018!\"}"), "invalid-card"),
      (IngestFixture.purchase(member: "{\"phone\":\"+849012345678901234567\"}"), "invalid-phone"),
      (IngestFixture.purchase(member: "{\"email\":\"someone@example.com,\"}"), "invalid-email"),
      ("Dear sir, please book 10 points", "not-json"), ("", "empty-value"), (nil, "empty-value"),
      (IngestFixture.purchase().dropLast(7) + "", "not-json"),
      (
        IngestFixture.purchase().replacing(
          "\"sku\"", with: "\"note\":\"" + String(repeating: "x", count: 1 << 20) + "\",\"sku\""), "too-large"
      ),
    ] as [(String?, String)])
  func brokenRecordIsRefusedAndTheNextIsUnharmed(value: String?, code: String) throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(value, key: "0901234567")
    ingest.send(IngestFixture.purchase(id: "P-2"))
    try ingest.driver.run()
    #expect(try ingest.transactions().map(\.id) == ["P-2"])
    let output = try #require(ingest.driver.outputs("commerce.rejections").first)
    // The record's key may be a member's phone; the event's id is none.
    #expect(output.key == nil || output.key == "P-1")
    #expect(code == "not-json" || (output.key == nil) == (value?.contains("\"P-1\"") != true))
    #expect(output.headers["ce_type"] == "purchase.rejected")
    for secret in ["9704000000000018", "84901234567", "someone@example.com"] {
      #expect(output.value?.contains(secret) == false)
    }
    let rejection = try JSONValue(parsing: output.value ?? "")
    #expect(rejection["code"]?.string == code)
    #expect(rejection["offset"]?.integer == 0)
    #expect(rejection["message"]?.string?.hasSuffix(".") == true)
    #expect(ingest.driver.metrics.exposition().contains("code=\"\(code)\"} 1"))
  }

  @Test func bytesThatAreNotUTF8AreNotGivenBack() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    var bytes = Array(IngestFixture.purchase().utf8)
    bytes.replace([UInt8](("coffee" as String).utf8), with: [0x63, 0xC3, 0x28, 0xFF])
    ingest.driver.publish("commerce.purchases", key: nil, value: bytes)
    try ingest.driver.run()
    let rejection = try #require(try ingest.rejections().first)
    #expect(rejection["code"]?.string == "not-utf8")
    #expect(rejection["original"] == nil && rejection["originalBase64"] == nil)
    #expect(rejection["originalBytes"]?.integer == Int64(bytes.count))
  }

  @Test func refusedPurchaseMaySendItsCorrectionUnderTheSameId() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase(amount: "x"))
    ingest.send(IngestFixture.purchase())
    try ingest.driver.run()
    #expect(try ingest.codes() == ["invalid-amount"])
    #expect(try ingest.transactions().count == 1)
  }

  @Test func amountsThatComeToTooMuchAreToldToTheShop() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    for part in ["shipping", "tax"] {
      ingest.send(
        IngestFixture.purchase(id: part).replacing("\"lines\"", with: "\"\(part)\":\"999999999999999\",\"lines\""))
    }
    try ingest.driver.run()
    #expect(try ingest.codes() == ["amount-out-of-range", "amount-out-of-range"])
    #expect(try ingest.transactions().isEmpty)
  }

  /// An id may be a phone or an e-mail: neither the rejection nor its key repeats it.
  @Test(arguments: ["+84901234567", "anh@example.com", "M 0901-234-567"])
  func idThatNamesAPersonIsNotTold(id: String) throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.send(IngestFixture.purchase(id: id, source: id, amount: "x"))
    try ingest.driver.run()
    let output = try #require(ingest.driver.outputs("commerce.rejections").first)
    #expect(output.key == nil)
    #expect(output.value?.contains(id) == false && output.headers.values.allSatisfy { !$0.contains(id) })
    let rejection = try JSONValue(parsing: output.value ?? "")
    #expect(rejection["originalId"]?.string == String(repeating: "*", count: id.count))
    #expect(rejection["offset"]?.integer == 0, "where the event lies")
  }

  @Test func receiptOfARefusedClaimIsNotToldWhereItIsAPhone() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    ingest.enrol("M-1")
    ingest.claim("C-1", by: "M-1", receipt: "0901234567")
    ingest.claim("C-2", by: "M-1", receipt: "R-17")
    try ingest.driver.run()
    let answers = try ingest.driver.outputs("loyalty.claims").map { try JSONValue(parsing: $0.value ?? "") }
    #expect(answers.map { $0["code"]?.string } == ["receipt-not-found", "receipt-not-found"])
    #expect(answers.map { $0["receipt"]?.string } == ["**********", "R-17"])
  }
}
