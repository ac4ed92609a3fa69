import Contracts
import Signing

/// What an installation keeps secret of its feedback: under it return paths are signed, so that nobody can report on a
/// message that they never had, and contacts are digested, so that the suppression list holds none. All instances of
/// the notifier, and whoever reads feedback, are given the same one.
package struct FeedbackSecret: Sendable {
  private let key: [UInt8]
  /// Tells secrets apart and gives nothing away of them: 8 hexadecimal digits.
  package let id: String

  /// A shorter one could be found by trying.
  package static let lengthMin = 16

  package init(_ secret: String) {
    key = BLAKE2b.digest(of: "stampede feedback:" + secret, count: 32)
    id = Self.hexadecimal(BLAKE2b.digest(of: "id:", key: key, count: 16).prefix(4))
  }

  /// Keyed BLAKE2b (RFC 7693), 16 bytes. `purpose` keeps what is signed for one thing from counting for another.
  func mac(_ purpose: String, _ text: String) -> [UInt8] {
    BLAKE2b.digest(of: "\(purpose):\(text)", key: key, count: 16)
  }

  /// What stands for a contact on the suppression list: 32 hexadecimal digits.
  package func digest(of contact: Contact) -> String { Self.hexadecimal(mac("contact", contact.text)[...]) }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
