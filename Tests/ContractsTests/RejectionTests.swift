import Contracts
import Foundation
import JSON
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct RejectionTests {
  private func rejected(_ original: [UInt8]?) throws -> JSONValue {
    let violation = ContractViolation(.notJSON, at: "$", "…")
    let place = Rejection.Place(topic: "commerce.purchases", partition: 3, offset: 42)
    let bytes: [UInt8]
    if let original {
      bytes = original.withUnsafeBytes { buffer in
        let rejection = Rejection(violation: violation, place: place, original: buffer, occurredAt: .epoch)
        return Sample.encoded { rejection.encode(to: &$0) }
      }
    } else {
      let rejection = Rejection(violation: violation, place: place, original: nil, occurredAt: .epoch)
      bytes = Sample.encoded { rejection.encode(to: &$0) }
    }
    return try JSONValue(parsing: bytes)
  }

  @Test func originalIsKeptAsTextWithItsIdentity() throws {
    let value = try rejected(Array(Sample.purchase.utf8))
    #expect(value["original"]?.string == Sample.purchase)
    #expect(value["originalId"]?.string == "POS7-000123")
    #expect(value["originalSource"]?.string == "pos-hcm-07")
    #expect(value["id"]?.string == "commerce.purchases:3:42")
  }

  @Test(
    arguments: [
      "{\"phone\":\"0901234567\"}", "{\"phone\" : \"\\u0030901234567\"}", "{\"ph\\u006fne\":\"0901234567\"}",
      "{\"phone\":901234567.5e0}", "{\"phone\":[\"0901234567\",{\"0901234567\":\"0901234567\"}]}",
      "{\"member\":{\"Card\":{\"number\":\"0901234567\"}}}", "{\"customerPhone\":\"\\\"0901234567\"}",
      "{\"data\":\"{\\\"phone\\\":\\\"0901234567\\\"}\"}", "\"{\\\"phone\\\":\\\"0901234567\\\"}\"",
      "{\"data\":\"{'phone':'0901234567'}\"}",
    ])
  func personalDataIsMaskedWhereverItStands(text: String) throws {
    let original = try #require(try rejected(Array(text.utf8))["original"]?.string)
    #expect(!original.contains("901234567") && original.utf8.count == text.utf8.count)
    _ = try JSONValue(parsing: original)
  }

  /// What nobody has thought of as personal: only what is known to be harmless passes.
  @Test(
    arguments: [
      "{\"member\":\"+84901234567\"}", "{\"mobile\":\"0901234567\"}", "{\"mobile\":901234567}",
      "{\"emailAddr\":\"x901234567@example.com\"}", "{\"id\":\"x901234567@example.com\"}",
      "{\"id\":\"+84 901-234-567\"}", "{\"id\":\"0901234567\"}", "{\"source\":\"84901234567\"}",
      "{\"lines\":[{\"sku\":\"0901234567\"}]}", "{\"lines\":[{\"sku\":901234567}]}",
      "{\"lines\":[{\"sku\":\"A\",\"note\":\"for 901234567\"}]}", "{\"lines\":\"901234567\"}",
      "{\"member\":{\"id\":\"M\",\"tel\":\"901234567\"}}", "{\"member\":{\"id\":\"x901234567@example.com\"}}",
      "{\"note\":\"<phone>0901234567</phone>\"}", "{\"0901234567\":1}", "{\"x901234567@example.com\":{}}",
      "{\"occurredAt\":\"0901234567\"}", "{\"occurredAt\":\"09-01-234567\"}", "{\"amount\":\"0901234567\"}",
      "{\"total\":\"0901234567\"}", "{\"total\":\"+84901234567\"}", "{\"currency\":\"901234567\"}",
      "{\"type\":\"purchase.901234567\"}", "{\"store\":\"tel 901234567\"}", "{\"store\":\"0901234567\"}",
      "{\"payments\":[{\"tender\":\"card 901234567\",\"amount\":\"1\"}]}", "{\"data\":{\"mobile\":\"901234567\"}}",
      "{\"data\":{\"data\":{\"id\":\"901234567\"}}}", "\"901234567\"", "901234567", "[\"901234567\"]",
      "{\"quantity\":{\"id\":\"901234567\"}}", "{\"id\":[\"901234567\"]}",
    ])
  func whatIsNotKnownToBeHarmlessIsMasked(text: String) throws {
    let value = try rejected(Array(text.utf8))
    let original = try #require(value["original"]?.string)
    #expect(!original.contains("901234567") && !original.contains("901-234") && !original.contains("example"))
    #expect(!original.contains("01-234567") && original.utf8.count == text.utf8.count)
    for field in ["originalId", "originalSource"] {
      #expect(value[field]?.string?.contains("901") != true && value[field]?.string?.contains("@") != true)
    }
    _ = try JSONValue(parsing: original)
  }

  @Test func whatSaysWhatWasBoughtPasses() throws {
    for text in [
      #"{"specversion":"1.0","type":"purchase.returned","time":"2026-11-22T06:04:42.117Z","data":{"id":"R-1"}}"#,
      #"{"id":"20261122000123","source":"đơn 7","occurredAt":"22/11/2026 13:04","currency":"vnd","total":"1.234,50"}"#,
      #"{"ammount":null,"lines":[{"sku":7,"lineId":"L-1","quantity":0.35,"amount":-95000,"void":true}],"returned":[]}"#,
      #"{"payments":[{"tender":"giftcard","amount":"12.50"}],"member":{"id":"M-000123"},"programId":"journey"}"#,
    ] {
      #expect(try rejected(Array(text.utf8))["original"]?.string == text)
    }
  }

  @Test(
    arguments: [
      "{'member':{'phone':'0901234567'}}", "{\"phone\":+84901234567}",
      "{\"id\":\"A1,\"member\":{\"phone\":\"0901234567\"}}",
      "{\"phone\":\"0901234567\"},", "phone=0901234567", "<purchase><phone>0901234567</phone></purchase>",
    ].map { Array($0.utf8) } + [
      [0xFF, 0xFE], Array("{\"phone\":\"0901234567\"}".utf16).flatMap { [UInt8($0 & 0xFF), 0] },
    ])
  func whatIsNotJSONIsNotGivenBack(bytes: [UInt8]) throws {
    let value = try rejected(bytes)
    #expect(value["original"] == nil && value["originalBase64"] == nil)
    #expect(value["originalBytes"]?.integer == Int64(bytes.count) && value["offset"]?.integer == 42)
  }

  @Test func largeOriginalIsLeftOutAndSaysSo() throws {
    let value = try rejected([UInt8](repeating: 0x20, count: 1 << 20))
    #expect(value["originalBytes"]?.integer == 1 << 20)
    #expect(value["truncated"]?.bool == true && value["original"] == nil)
  }

  @Test func missingValueHasNoOriginal() throws {
    #expect(try rejected(nil)["original"] == nil)
  }

  @Test func documentationListsEveryCodeWithItsRemedy() throws {
    let url = TopicFolder.url.deletingLastPathComponent().appending(path: "docs/rejections.md")
    let listed = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
    #expect(
      listed.map(String.init)
        == ContractViolation.Code.allCases.map { "| `\($0.rawValue)` | \($0.meaning) | \($0.remedy) |" })
  }
}
