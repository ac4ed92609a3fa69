import Contracts

/// What a return path says of its message: which one it is, and in which partition its row lies. Signed, and of letters
/// and digits that survive every mail system, in whatever case: 26 of the id, 1 to 7 of the partition, a dot, 16 of the
/// MAC, in base 32 (RFC 4648).
package struct FeedbackToken: Equatable, Sendable {
  package let notificationId: String
  package let partition: Int32

  package static let textBytesMax = idDigits + partitionDigitsMax + 1 + macDigits
  private static let idDigits = 26
  private static let partitionDigitsMax = 7
  private static let macDigits = 16
  private static let macBytes = 10
  private static let prefix = "n-"
  private static let hexDigits = 32

  /// nil where the id is none that the notifier makes.
  package init?(notificationId: String, partition: Int32) {
    guard partition >= 0, Self.number(of: notificationId) != nil else { return nil }
    self.notificationId = notificationId
    self.partition = partition
  }

  package func text(under secret: FeedbackSecret) -> String {
    let name = Base32.text(Self.number(of: notificationId) ?? 0, digits: Self.idDigits) + Base32.text(partition)
    return name + "." + Self.signature(of: name, secret)
  }

  /// nil for what no notifier with this secret has written.
  package init?(_ text: some StringProtocol, under secret: FeedbackSecret) {
    guard text.utf8.count <= Self.textBytesMax else { return nil }
    let parts = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count > Self.idDigits,
      let id = Base32.number(parts[0].prefix(Self.idDigits)),
      let partition = Base32.number(parts[0].dropFirst(Self.idDigits)).flatMap({ Int32(exactly: $0) }),
      Self.signature(of: String(parts[0]), secret) == parts[1]
    else { return nil }
    let hex = String(id, radix: 16)
    let padding = String(repeating: "0", count: Self.hexDigits - hex.utf8.count)
    self.init(notificationId: Self.prefix + padding + hex, partition: partition)
  }

  private static func signature(of name: String, _ secret: FeedbackSecret) -> String {
    let bytes = secret.mac("token", name).prefix(macBytes)
    return Base32.text(bytes.reduce(0) { $0 << 8 | UInt128($1) }, digits: macDigits)
  }

  private static func number(of id: String) -> UInt128? {
    guard id.hasPrefix(prefix), id.utf8.count == prefix.utf8.count + hexDigits,
      id.utf8.dropFirst(prefix.utf8.count).allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    return UInt128(id.dropFirst(prefix.utf8.count), radix: 16)
  }
}

/// Numbers in the letters of RFC 4648's base 32, small ones.
enum Base32 {
  private static let letters = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

  /// The highest digits first; what does not fit into `digits` is lost.
  static func text(_ number: UInt128, digits: Int) -> String {
    var text: [UInt8] = []
    for place in (0..<digits).reversed() { text.append(letters[Int((number >> UInt128(5 * place)) & 31)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// In as few digits as it takes.
  static func text(_ number: Int32) -> String {
    let bits = Int32.bitWidth - max(0, number).leadingZeroBitCount
    return text(UInt128(max(0, number)), digits: max(1, (bits + 4) / 5))
  }

  /// nil where another letter is in it, where there is none, or where it is no number of 128 bits.
  static func number(_ text: some StringProtocol) -> UInt128? {
    guard !text.isEmpty else { return nil }
    var number: UInt128 = 0
    for byte in text.utf8 {
      guard let digit = letters.firstIndex(of: byte), number >> 123 == 0 else { return nil }
      number = number << 5 | UInt128(digit)
    }
    return number
  }
}
