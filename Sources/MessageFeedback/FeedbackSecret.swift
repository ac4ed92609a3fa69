import CSodium
import Contracts

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
    key = Self.blake2b("stampede feedback:" + secret, key: [], bytes: 32)
    id = Self.hexadecimal(Self.blake2b("id:", key: key, bytes: 16).prefix(4))
  }

  /// Keyed BLAKE2b (RFC 7693), 16 bytes. `purpose` keeps what is signed for one thing from counting for another.
  func mac(_ purpose: String, _ text: String) -> [UInt8] {
    Self.blake2b("\(purpose):\(text)", key: key, bytes: 16)
  }

  /// What stands for a contact on the suppression list: 32 hexadecimal digits.
  package func digest(of contact: Contact) -> String { Self.hexadecimal(mac("contact", contact.text)[...]) }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func blake2b(_ text: String, key: [UInt8], bytes: Int) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: bytes)
    var text = text
    let failure = text.withUTF8 {
      crypto_generichash(&digest, bytes, $0.baseAddress, UInt64($0.count), key.isEmpty ? nil : key, key.count)
    }
    // It fails for lengths that the library does not take, and these are constants.
    precondition(failure == 0, "BLAKE2b refuses a digest of \(bytes) bytes under a key of \(key.count)")
    return digest
  }
}
