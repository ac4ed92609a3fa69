import Foundation
import Loyalty
import Rewards
import Signing

/// Lines that the independent model wrote (`Tests/System/golden_rewards.py`): what was asked, and what must come of it.
enum GoldenVectors {
  static func lines(of name: String) throws -> [String] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
  }
}

extension StringProtocol {
  func parts(_ separator: Character) -> [String] {
    String(self).split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
  }
}

/// A dash is nothing.
func number(_ text: String) -> Int64? { text == "-" ? nil : Int64(text) }

func told(_ text: String) -> String? { text == "-" ? nil : text }

/// Whole minutes since 1970.
func minute(_ count: Int64) -> Instant { Instant(milliseconds: count * 60_000) }

extension Instant {
  var minutes: Int64 { milliseconds / 60_000 }
}

func keyed(_ secret: String) -> KeyedDigest {
  let key = HMACSHA256(key: Array(secret.utf8))
  return { key.digest(of: $0) }
}
