import Contracts

/// A status of RFC 3463, `5.1.1`, and what it says of the address that it is about.
struct DeliveryStatus: Equatable {
  let text: String
  private let subject: Int
  private let detail: Int
  let isPermanent: Bool

  /// The first of the text, which may hold more: `5.1.1 (unknown user)`, `smtp; 550-5.1.1 no such user`.
  init?(in text: some StringProtocol) {
    for word in Array(text.utf8.prefix(Self.searchedBytesMax)).split(whereSeparator: { !Self.isOfStatus($0) }) {
      let numbers = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      guard numbers.count == 3, numbers[0].count == 1, numbers.allSatisfy({ (1...3).contains($0.count) }) else {
        continue
      }
      let read = numbers.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
      guard read.count == 3, [2, 4, 5].contains(read[0]) else { continue }
      self.text = "\(read[0]).\(read[1]).\(read[2])"
      isPermanent = read[0] == 5
      isSuccess = read[0] == 2
      (subject, detail) = (read[1], read[2])
      return
    }
    return nil
  }

  let isSuccess: Bool

  private static let searchedBytesMax = 4_096

  private static func isOfStatus(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || (0x30...0x39).contains(byte) }

  /// - Parameter words: what stands beside the status, for servers that say in words alone what is the matter.
  func bounce(_ words: some StringProtocol) -> Feedback.Bounce {
    guard isPermanent else { return .soft }
    switch (subject, detail) {
    // "Bad sender's mailbox address syntax", "Bad sender's system address".
    case (1, 7), (1, 8): return .refused
    // "Addressing Status"; 5.1.10: a domain that takes no mail (RFC 7505).
    case (1, _): return .hard
    // "Mailbox disabled, not accepting messages".
    case (2, 1): return .hard
    // "Message length exceeds administrative limit".
    case (2, 3): return .refused
    case (2, _), (4, _): return .soft
    case (3, _), (5, _), (6, _), (7, _): return .refused
    default: return Self.saysUnknownUser(words) ? .hard : .soft
    }
  }

  private static let unknownUser = [
    "user unknown", "unknown user", "no such user", "no such recipient", "user doesn't exist", "does not exist",
    "no mailbox here", "invalid recipient", "recipient unknown", "unknown recipient", "address rejected: undeliverable",
  ]

  /// In the words of common mail servers.
  static func saysUnknownUser(_ words: some StringProtocol) -> Bool {
    let text = String(decoding: words.utf8.prefix(searchedBytesMax), as: UTF8.self).lowercased()
    return unknownUser.contains { text.contains($0) }
  }
}

/// The same of a status that the notifier was answered itself.
package enum SMTPRefusal {
  /// nil where the text is none.
  package static func bounce(status text: some StringProtocol) -> Feedback.Bounce? {
    DeliveryStatus(in: text).map { $0.bounce("") }
  }
}
