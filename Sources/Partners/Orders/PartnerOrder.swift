import Loyalty

/// What a redemption wants of a partner: so many vouchers of one product. It names no member: none of a member's data
/// goes to a partner.
package struct PartnerOrder: Equatable, Sendable {
  /// The redemption's.
  package let id: String
  /// The document's id.
  package let partner: String
  /// As the partner's catalogue names it.
  package let product: String
  package let quantity: Int
  /// The programme's local day, which an order of a day is written by; a repeat says the same.
  package let day: LocalDate
  package let validUntil: LocalDate
  package let askedAt: Instant

  package static let quantities = 1...100

  package init(
    id: String, partner: String, product: String, quantity: Int, day: LocalDate, validUntil: LocalDate,
    askedAt: Instant
  ) {
    precondition(Self.quantities.contains(quantity), "an order of no vouchers, or of too many")
    self.id = id
    self.partner = partner
    self.product = product
    self.quantity = quantity
    self.day = day
    self.validUntil = validUntil
    self.askedAt = askedAt
  }
}

/// The one name under which a partner knows an order, for good. It follows from the order's id; there is no way to make
/// a second one for it.
package struct PartnerReference: Hashable, Sendable {
  package let text: String

  /// Got It's bound is the shortest.
  package static let lengthMax = 255

  /// Bytes that are no letter, digit, `-` or `_` are written as `.` and two hexadecimal digits, so that no two orders
  /// have one reference. nil: it would be too long.
  ///
  /// - Parameter prefix: what the partner wants before it.
  init?(of orderId: String, prefix: String) {
    let digits = Array("0123456789abcdef".utf8)
    var bytes = Array(prefix.utf8)
    for byte in orderId.utf8 {
      bytes += Self.isPlain(byte) ? [byte] : [UInt8(ascii: "."), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    guard bytes.count <= Self.lengthMax, !orderId.isEmpty else { return nil }
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// As it was written in a row.
  init(restored text: String) { self.text = text }

  /// One that no order has, for it ends in a dot: to see whether a partner takes our signature.
  static func ofNothing(prefix: String) -> PartnerReference { .init(restored: prefix + "check.") }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

/// What a partner gave. A bearer instrument: it is sealed before it is kept, and stands in no log.
package struct PartnerVoucher: Equatable, Sendable, CustomStringConvertible {
  /// What the till reads; nil: it is behind the link alone.
  package var code: String?
  package var pin: String?
  /// What the partner knows it by, of no worth at a till.
  package var serial: String?
  package var link: String?
  package var validUntil: LocalDate?
  /// The partner took it back.
  package var isCancelled: Bool

  package init(
    code: String? = nil, pin: String? = nil, serial: String? = nil, link: String? = nil,
    validUntil: LocalDate? = nil, isCancelled: Bool = false
  ) {
    self.code = code
    self.pin = pin
    self.serial = serial
    self.link = link
    self.validUntil = validUntil
    self.isCancelled = isCancelled
  }

  package var description: String { "a voucher of a partner's" }

  /// Whether somebody can use it.
  var isWhole: Bool { code != nil || link != nil }
}
