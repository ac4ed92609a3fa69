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

  @Test(
    arguments: [
      "{'member':{'phone':'0901234567'}}", "{\"phone\":+84901234567}",
      "{\"id\":\"A1,\"member\":{\"phone\":\"0901234567\"}}",
      "{\"phone\":\"0901234567\"},", "phone=0901234567",
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
