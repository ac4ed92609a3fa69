import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `purchases`: what a purchase was granted and what became of it.
extension PurchaseRecord: StoreRow {
  /// From format 3 on it keeps names of lines, what was paid beside the lines, what it counts against limits by number,
  /// and digests of its returns' ids instead of these.
  package static let format: UInt8 = 3
  package static let formatsRead: ClosedRange<UInt8> = 2...3

  package var dueMs: Int64? { nil }

  /// What is seldom there takes a bit of one byte.
  private enum Flag {
    static let answers: UInt8 = 1
    static let counts: UInt8 = 2
  }

  package func encode(to row: RowEncoder) {
    row.string(purchaseId)
    row.string(source)
    row.instant(occurredAt)
    row.currency(currency)
    row.int(programVersion)
    row.spend(spend, tellsParts: row.format >= 3)
    row.list(awards) { $0.encode(to: row) }
    row.list(visitRules) { row.string($0) }
    row.list(thresholds) {
      row.string($0.rule)
      row.int($0.seen)
      row.int($0.spend)
    }
    row.int(number)
    var flags: UInt8 = answers == nil ? 0 : Flag.answers
    if !counts.isEmpty, row.format >= 3 { flags |= Flag.counts }
    row.byte(flags)
    if let answers { answers.encode(to: row) }
    if flags & Flag.counts != 0 {
      row.list(counts) {
        row.string($0.scope)
        row.int($0.times)
      }
    }
    row.optionalInstant(pendingUntil, after: occurredAt)
    row.optionalInstant(expiresAt, after: occurredAt)
    row.points(reversed)
    row.points(expired)
    row.list(returnIds) { row.digest($0) }
  }

  package init(from row: inout RowDecoder) throws {
    self.init(
      purchaseId: try row.string(), source: try row.string(), occurredAt: try row.instant(),
      currency: try row.currency(), programVersion: Int(try row.int()),
      spend: try row.spend(tellsParts: row.format >= 3))
    awards = try row.list { try RuleAward(from: &$0) }
    visitRules = try row.list { try $0.string() }
    thresholds = try row.list { ThresholdSpend(rule: try $0.string(), seen: try $0.sum(), spend: try $0.sum()) }
    number = try row.count()
    let flags = try row.byte()
    if flags & Flag.answers != 0 {
      let told = try ConditionAnswers(from: &row)
      guard told.lines.isEmpty || told.lines.count == spend.lines.count else {
        throw RowFormatError("answers about \(told.lines.count) lines for \(spend.lines.count)")
      }
      answers = told
    }
    if flags & Flag.counts != 0 { counts = try row.list { AwardCount(scope: try $0.string(), times: try $0.count()) } }
    pendingUntil = try row.optionalInstant(after: occurredAt)
    expiresAt = try row.optionalInstant(after: occurredAt)
    reversed = try row.points()
    expired = try row.points()
    returnIds = try row.list { $0.format >= 3 ? try $0.digest() : IdDigest(of: try $0.string()) }
  }
}

extension RuleAward {
  /// What is seldom there takes a bit of the part's byte.
  private enum Flag {
    static let part: UInt8 = 0x0F
    static let asked: UInt8 = 0x10
    static let deferred: UInt8 = 0x20
    static let bonus: UInt8 = 0x40
  }

  func encode(to row: RowEncoder) {
    row.string(rule)
    row.points(points)
    var flags = part.rawValue
    if asked != points { flags |= Flag.asked }
    if deferred != 0 { flags |= Flag.deferred }
    if times != 0 || revoked != 0 { flags |= Flag.bonus }
    row.byte(flags)
    if flags & Flag.asked != 0 { row.points(asked) }
    if flags & Flag.deferred != 0 { row.points(deferred) }
    if flags & Flag.bonus != 0 {
      row.int(times)
      row.points(revoked)
    }
  }

  init(from row: inout RowDecoder) throws {
    let rule = try row.string()
    let points = try row.movement()
    let flags = try row.byte()
    guard let part = Part(rawValue: flags & Flag.part) else {
      throw RowFormatError("an award of an unknown part \(flags & Flag.part)")
    }
    self.init(rule: rule, points: points, part: part)
    if flags & Flag.asked != 0 { asked = try row.movement() }
    if flags & Flag.deferred != 0 { deferred = try row.movement() }
    if flags & Flag.bonus != 0 {
      times = try row.int()
      revoked = try row.movement()
    }
  }
}

extension ConditionAnswers {
  func encode(to row: RowEncoder) {
    row.int(fingerprint)
    row.bits(purchase)
    row.list(lines) { row.bits($0) }
  }

  init(from row: inout RowDecoder) throws {
    self.init(fingerprint: try row.int(), purchase: try row.bits(), lines: try row.list { try $0.bits() })
  }
}

extension RowEncoder {
  /// The words up to the last that is not 0.
  fileprivate func bits(_ bits: ConditionBits) {
    var count = 4
    while count > 0, bits.words[count - 1] == 0 { count -= 1 }
    byte(UInt8(count))
    for index in 0..<count { int(Int64(bitPattern: bits.words[index])) }
  }
}

extension RowDecoder {
  fileprivate mutating func bits() throws -> ConditionBits {
    let count = Int(try byte())
    guard count <= 4 else { throw RowFormatError("answers to conditions in \(count) words") }
    var bits = ConditionBits.none
    for index in 0..<count { bits.words[index] = UInt64(bitPattern: try int()) }
    return bits
  }
}
