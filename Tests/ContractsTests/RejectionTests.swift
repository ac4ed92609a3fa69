import Contracts
import Foundation
import JSON
import Loyalty
import Testing

@Suite struct RejectionTests {
  private func rejected(_ original: [UInt8]?) throws -> JSONValue {
    let violation = ContractViolation(.notJSON, at: "$", "…")
    let place = Rejection.Place(topic: "commerce.purchases", partition: 3, offset: 42)
    let bytes: [UInt8]
    if let original {
      bytes = original.withUnsafeBytes { buffer in
        let rejection = Rejection(violation: violation, place: place, original: buffer, occurredAt: .epoch)
        return Sample.encoded { rejection.encode(to: &$0, original: buffer) }
      }
    } else {
      let rejection = Rejection(violation: violation, place: place, original: nil, occurredAt: .epoch)
      bytes = Sample.encoded { rejection.encode(to: &$0, original: nil) }
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

  @Test func bytesThatAreNoTextAreKeptInBase64() throws {
    #expect(try rejected([0xFF, 0xFE])["originalBase64"]?.string == "//4=")
    #expect(try rejected([0xFF])["originalBase64"]?.string == "/w==")
    #expect(try rejected([0xFF, 0, 1])["originalBase64"]?.string == "/wAB")
  }

  @Test func personalDataIsMaskedEvenInBrokenJSON() throws {
    let text =
      "{\"member\":{\"phone\" : \"+84901234567\",\"email\":\"some\\\"one@example.com\",\"card\":9704},\"id\":\"P1\",,,"
    let original = try #require(try rejected(Array(text.utf8))["original"]?.string)
    for secret in ["84901234567", "example.com", "9704"] { #expect(!original.contains(secret)) }
    #expect(original.contains("\"id\":\"P1\",,,"))
  }

  @Test func largeOriginalIsCutOffAndSaysSo() throws {
    let value = try rejected([UInt8](repeating: 0x20, count: 1 << 20))
    #expect(value["originalBytes"]?.integer == 1 << 20)
    #expect(value["truncated"]?.bool == true)
    #expect(value["original"]?.string?.utf8.count == Rejection.originalBytesMax)
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
