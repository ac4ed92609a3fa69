/// The elementary conditions of one programme, each once, numbered in the document's order; and how to judge all of
/// them for a line or for a purchase in one go.
struct ConditionTable: Sendable {
  private(set) var lineConditions: [Condition] = []
  private(set) var purchaseConditions: [Condition] = []
  private var skus = AttributeTable()
  private var categories = AttributeTable()
  private var brands = AttributeTable()
  /// Which of the conditions on lines are ranges, which no table turns around.
  private var ranges: [Int] = []

  /// More than fit are refused before a programme is made; they would share the last bit.
  mutating func lineIndex(_ condition: Condition) -> Int {
    if let known = lineConditions.firstIndex(of: condition) { return known }
    let index = lineConditions.count
    precondition(index < ConditionBits.countMax, "a programme with too many conditions on lines")
    lineConditions.append(condition)
    switch condition {
    case .sku(let selection): skus.add(selection, index)
    case .category(let selection): categories.add(selection, index)
    case .brand(let selection): brands.add(selection, index)
    default: ranges.append(index)
    }
    return index
  }

  mutating func purchaseIndex(_ condition: Condition) -> Int {
    if let known = purchaseConditions.firstIndex(of: condition) { return known }
    precondition(purchaseConditions.count < ConditionBits.countMax, "a programme with too many conditions on purchases")
    purchaseConditions.append(condition)
    return purchaseConditions.count - 1
  }

  /// - Parameters:
  ///   - line: an index into the purchase's lines.
  ///   - eligible: the line's eligible spend, minor units of the purchase's currency.
  ///   - quantity: millionths.
  func bits(ofLine line: Int, of purchase: Transaction, eligible: Int64, quantity: Int64) -> ConditionBits {
    // Looked at in place: a copy of a line costs more than the look.
    var bits = ConditionBits.none
    if !skus.isEmpty { bits = skus.bits(of: purchase.lines[line].sku) }
    if !categories.isEmpty { bits = bits | categories.bits(of: purchase.lines[line].category) }
    if !brands.isEmpty { bits = bits | brands.bits(of: purchase.lines[line].brand) }
    for index in ranges {
      switch lineConditions[index] {
      case .quantity(let range):
        if range.contains(ExactDecimal(significand: quantity, scale: 6)) { bits.insert(index) }
      case .lineAmount(let range):
        if range.contains(ExactDecimal(minorUnits: eligible, exponent: purchase.currency.exponent)) {
          bits.insert(index)
        }
      default: break
      }
    }
    return bits
  }

  func bits(of occasion: Occasion) -> ConditionBits {
    var bits = ConditionBits.none
    for index in purchaseConditions.indices where occasion.satisfies(purchaseConditions[index]) { bits.insert(index) }
    return bits
  }

  /// Tells this table from that of another document of the same version: stored bits mean nothing under another one.
  var fingerprint: Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for condition in lineConditions + purchaseConditions {
      for byte in condition.canonicalText.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    return Int64(hash & 0xFFFF_FFFF)
  }
}

/// The conditions on one attribute of lines, turned around: from a value to the conditions that hold for it.
private struct AttributeTable: Sendable {
  /// For a value that no condition names.
  private var unnamed = ConditionBits.none
  private var absent = ConditionBits.none
  private var named: [String: ConditionBits] = [:]
  /// The same where they are few: to compare with each of them is quicker than to hash.
  private var few: [(value: String, bits: ConditionBits)] = []
  private static let fewMax = 8

  var isEmpty: Bool { named.isEmpty && absent.isEmpty && unnamed.isEmpty }

  mutating func add(_ selection: Condition.Selection, _ index: Int) {
    for value in (selection.include ?? []).union(selection.exclude) where named[value] == nil { named[value] = unnamed }
    if selection.holds(nil) { absent.insert(index) }
    // A value that stands on none of its lists.
    if selection.include == nil { unnamed.insert(index) }
    for value in named.keys where selection.holds(value) { named[value]?.insert(index) }
    few = named.count > Self.fewMax ? [] : named.map { ($0.key, $0.value) }
  }

  func bits(of value: String?) -> ConditionBits {
    guard let value else { return absent }
    guard few.isEmpty else { return few.first { $0.value == value }?.bits ?? unnamed }
    return named[value] ?? unnamed
  }
}

extension Condition {
  /// The same text for equal elementary conditions.
  fileprivate var canonicalText: String {
    func sorted(_ values: some Sequence<String>) -> String { values.sorted().joined(separator: "\u{1f}") }
    func text(_ selection: Selection) -> String {
      (selection.include.map { "+" + sorted($0) } ?? "") + "-" + sorted(selection.exclude)
    }
    func text(_ range: DecimalRange) -> String { (range.atLeast?.text ?? "") + ".." + (range.below?.text ?? "") }
    return switch self {
    case .sku(let selection): "sku" + text(selection)
    case .category(let selection): "category" + text(selection)
    case .brand(let selection): "brand" + text(selection)
    case .quantity(let range): "quantity" + text(range)
    case .lineAmount(let range): "lineAmount" + text(range)
    case .store(let selection): "store" + text(selection)
    case .channel(let selection): "channel" + text(selection)
    case .currency(let selection): "currency" + text(selection)
    case .tender(let selection): "tender" + text(selection)
    case .weekday(let days): "weekday" + sorted(days.map { String($0) })
    case .time(let from, let until): "time\(from)-\(until)"
    case .date(let from, let to): "date\(from?.daysSinceEpoch ?? 0)-\(to?.daysSinceEpoch ?? 0)"
    case .amount(let range): "amount" + text(range)
    case .nthPurchase(.every(let every)): "every\(every)"
    case .nthPurchase(.numbers(let numbers)): "numbers" + sorted(numbers.map { String($0) })
    case .tier(let selection): "tier" + text(selection)
    case .segment(let selection): "segment" + text(selection)
    case .birthday(let birthday): "birthday" + birthday.rawValue
    case .joinedWithinDays(let days): "joined\(days)"
    case .locale(let tags): "locale" + sorted(tags)
    case .all(let parts), .any(let parts): "of" + parts.map(\.canonicalText).joined()
    case .not(let part): "not" + part.canonicalText
    }
  }
}
