import JSON
import TestValues

/// Purchases, returns and cancels as the contract has them, made at random; and what people and programs make of them.
struct PurchaseGrammar {
  var random: SplitMix
  /// Amounts come near to what an amount may be, and stand wherever one may stand; so it is not always as agreed.
  var reachesBounds = false

  /// Stands in every contact that is made, so that a leak can be found.
  static let secret = "7318264950"

  /// Around the largest amount there is, in a currency of two decimals.
  private static let extremes = ["9999999999999.00", "9999999999999.99", "10000000000000.00", "10000000000000.01", "0"]

  // MARK: As agreed

  mutating func event() -> JSONValue {
    var fields: [JSONValue.Member] = [
      .init("id", .string("P-\(random.below(1_000_000))")),
      .init("source", .string(random.pick(["pos-1", "web", "đơn 7"]))),
      .init(
        "occurredAt",
        .string(random.pick(["2026-11-22T13:04:41+07:00", "2024-02-29T23:59:60Z", "1999-12-31T00:00:00.1239-11:30"]))),
      .init("member", member()),
    ]
    if random.happens(oneIn: 2) { fields.append(.init("store", .string(text()))) }
    if random.happens(oneIn: 3) { fields.append(.init("programId", .string("journey"))) }
    if random.happens(oneIn: 4) { fields.append(.init(random.pick(["note", "clerk", "x.y"]), anything(depth: 3))) }
    switch random.below(6) {
    case 0:
      fields += [
        .init("type", .string("purchase.returned")), .init("currency", .string("USD")),
        .init("purchaseId", .string("P-1")),
        .init("refund", amount()),
      ]
    case 4:
      fields += [
        .init("type", .string("purchase.returned")), .init("currency", .string(random.pick(["USD", "HRK"]))),
        .init("purchaseId", .string("P-1")), .init("lines", .array((0...random.below(3)).map { _ in line() })),
      ]
      if random.happens(oneIn: 2) { fields.append(.init("tax", amount())) }
      if random.happens(oneIn: 2) { fields.append(.init("shipping", amount())) }
      if reachesBounds, random.happens(oneIn: 2) { fields.removeAll { $0.key == "currency" } }
    case 5:
      fields += [
        .init("type", .string("purchase.exchanged")), .init("currency", .string("USD")),
        .init("purchaseId", .string("P-1")), .init("returned", .array((0...random.below(3)).map { _ in line() })),
        .init("lines", .array([line()])),
      ]
    case 1: fields += [.init("type", .string("purchase.cancelled")), .init("purchaseId", .string("P-1"))]
    default:
      let lines = (0...random.below(4)).map { _ in line() }
      fields += [
        .init("type", .string("purchase.completed")), .init("currency", .string("USD")), .init("lines", .array(lines)),
      ]
      if random.happens(oneIn: 2) { fields.append(.init("total", amount())) }
      if random.happens(oneIn: 3) { fields.append(.init("discount", amount())) }
      if random.happens(oneIn: 3) { fields.append(.init("tax", amount())) }
      if reachesBounds, random.happens(oneIn: 3) { fields.append(.init("shipping", amount())) }
      if reachesBounds, random.happens(oneIn: 3) {
        fields.append(
          .init("payments", .array([.object([.init("tender", .string("card")), .init("amount", amount())])])))
      }
    }
    return .object(fields.shuffled(using: &random))
  }

  private mutating func member() -> JSONValue {
    switch random.below(5) {
    case 0: .object([.init("phone", .string("+1" + Self.secret))])
    case 1: .object([.init("email", .string("a\(Self.secret)@example.com"))])
    case 2: .object([.init("card", .string("97 " + Self.secret))])
    case 3: .null
    default: .object([.init("id", .string("M-\(random.below(100))"))])
    }
  }

  private mutating func line() -> JSONValue {
    var fields: [JSONValue.Member] = [.init("sku", .string("A\(random.below(50))")), .init("amount", amount())]
    if random.happens(oneIn: 2) {
      fields.append(.init("quantity", random.pick([.number("2"), .string("0.350"), .number("0")])))
    }
    if random.happens(oneIn: 3) { fields.append(.init("category", .string(text()))) }
    if random.happens(oneIn: 4) { fields.append(.init("discount", amount())) }
    if random.happens(oneIn: 4) { fields.append(.init("lineId", .string("L\(random.next())"))) }
    if random.happens(oneIn: 8) { fields.append(.init("void", .bool(false))) }
    if reachesBounds, random.happens(oneIn: 3) { fields.append(.init("tax", amount())) }
    if reachesBounds, random.happens(oneIn: 4) { fields.removeAll { $0.key == "amount" } }
    return .object(fields.shuffled(using: &random))
  }

  private mutating func amount() -> JSONValue {
    if reachesBounds, random.happens(oneIn: 3) { return .string(random.pick(Self.extremes)) }
    let digits = "\(random.below(100_000)).\(random.below(10))\(random.below(10))"
    return random.happens(oneIn: 2) ? .string(digits) : .number(digits)
  }

  private mutating func text() -> String { random.pick(["", "HCM-07", "cà phê", "a \"b\" \\ c", "\u{1F9CB}", "x/y"]) }

  private mutating func anything(depth: Int) -> JSONValue {
    switch random.below(depth > 0 ? 7 : 5) {
    case 0: .null
    case 1: .bool(random.happens(oneIn: 2))
    case 2: .number(random.pick(["0", "-0", "1e3", "12.50", "99999999999999999999999", "1E-400"]))
    case 3: .string(text())
    case 4: .string(String(repeating: "z", count: random.below(300)))
    case 5: .array((0..<random.below(4)).map { _ in anything(depth: depth - 1) })
    default: .object((0..<random.below(4)).map { .init("k\($0)", anything(depth: depth - 1)) })
    }
  }

  // MARK: What becomes of it

  /// The event with some of its values, fields or bytes changed.
  mutating func broken(_ event: JSONValue) -> [UInt8] {
    var value = event
    for _ in 0...random.below(3) { value = changed(value, depth: 0) }
    var bytes = Array(value.compact.utf8)
    if random.happens(oneIn: 2) { damage(&bytes) }
    return bytes
  }

  private mutating func changed(_ value: JSONValue, depth: Int) -> JSONValue {
    guard depth < 4, !random.happens(oneIn: 4) else { return oddity() }
    switch value {
    case .object(var members) where !members.isEmpty:
      let index = random.below(members.count)
      switch random.below(6) {
      case 0: members.remove(at: index)
      case 1: members.append(members[index])
      case 2: members[index].key = random.pick(["", "id", "lines", "member", "amount", "\u{0}", "type"])
      default: members[index].value = changed(members[index].value, depth: depth + 1)
      }
      return .object(members)
    case .array(var elements) where !elements.isEmpty:
      let index = random.below(elements.count)
      elements[index] = changed(elements[index], depth: depth + 1)
      return .array(elements)
    default: return oddity()
    }
  }

  private mutating func oddity() -> JSONValue {
    random.pick([
      .null, .bool(true), .array([]), .object([]), .string(""), .string(" "), .string("\u{0}"), .string("\u{202E}x"),
      .string("9223372036854775808"), .string("-0"), .string("1e999999999"), .string("NaN"), .string("1,5"),
      .string("+1"),
      .number("-1"), .number("1e308"), .number("0.0000000000000000000001"), .number("9223372036854775807"),
      .string(String(repeating: "x", count: 129)), .string(String(repeating: "é", count: 700)),
      .string("2026-02-30T00:00:00Z"), .string("0000-00-00T00:00:00Z"), .string("VND"), .string("purchase.completed"),
    ])
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    for _ in 0...random.below(4) where !bytes.isEmpty {
      let place = random.below(bytes.count)
      switch random.below(7) {
      case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(random.pick([0x00, 0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x2C, 0xFF, 0xC3, 0xED]), at: place)
      case 3: bytes.removeSubrange(place...)
      case 4: bytes.insert(contentsOf: bytes[place...].prefix(random.below(40)), at: place)
      case 5: bytes.insert(contentsOf: Array("\\ud800".utf8), at: place)
      default: bytes.insert(contentsOf: [UInt8](repeating: 0x5B, count: random.below(400)), at: place)
      }
    }
  }
}
