import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `purchases`: what was counted of the purchases of one id (one, unless two sources use the same
/// id), and the returns that came before their purchase.
package struct CountedPurchaseRow: StoreRow, Equatable {
  package private(set) var forgetAt: Instant?
  package var counted: [CountedPurchase] = []
  /// No more of them than ``WaitingRoom`` takes of one member.
  package private(set) var waiting: [WaitingReturn] = []

  /// From format 2 on it keeps names of lines, what was paid beside the lines, the rate, and digests of the returns'
  /// ids instead of these.
  package static let format: UInt8 = 2
  package static let formatsRead: ClosedRange<UInt8> = 1...2
  /// Purchases of one id that are counted, of a source each, and the bytes that all of them may take.
  package static let sourcesMax = 16
  package static let countedBytesMax = 640 * 1024

  package init() {}

  package var isEmpty: Bool { counted.isEmpty && waiting.isEmpty }

  package mutating func remember(_ purchase: CountedPurchase, until instant: Instant) {
    counted.append(purchase)
    forgetAt = forgetAt.map { max($0, instant) } ?? instant
  }

  /// Whether a purchase of that id from one more source has room.
  package func canRemember(_ purchase: CountedPurchase) -> Bool {
    counted.isEmpty
      || counted.count < Self.sourcesMax
        && counted.reduce(purchase.bytesMax) { $0 + $1.bytesMax } <= Self.countedBytesMax
  }

  package mutating func keepWaiting(_ reversal: WaitingReturn) {
    let isKnown = waiting.contains {
      $0.transaction.id == reversal.transaction.id && $0.transaction.source == reversal.transaction.source
    }
    if !isKnown { waiting.append(reversal) }
  }

  /// Those that waited, and wait no longer.
  mutating func takeWaiting() -> [WaitingReturn] {
    let taken = waiting
    waiting = []
    return taken
  }

  /// The purchase from the return's own source; else the only one of that id.
  func index(for reversal: Transaction) -> Int? {
    counted.firstIndex { $0.source == reversal.source } ?? (counted.count == 1 ? 0 : nil)
  }

  /// Drops what is due at or before `now`.
  package mutating func forget(upTo now: Instant) {
    waiting.removeAll { $0.deadline <= now }
    if let forgetAt, forgetAt <= now {
      counted = []
      self.forgetAt = nil
    }
  }

  package var dueMs: Int64? {
    let deadline = waiting.isEmpty ? nil : waiting.map(\.deadline.milliseconds).min()
    guard let forgetAt else { return deadline }
    return min(forgetAt.milliseconds, deadline ?? .max)
  }

  package func encode(to row: RowEncoder) {
    row.optionalInstant(forgetAt)
    row.list(counted) { $0.encode(to: row) }
    row.list(waiting) { $0.encode(to: row, tellsParts: row.format >= 2) }
  }

  package init(from row: inout RowDecoder) throws {
    forgetAt = try row.optionalInstant()
    counted = try row.list { try CountedPurchase(from: &$0) }
    waiting = try row.list { try WaitingReturn(from: &$0, tellsParts: $0.format >= 2) }
  }
}

extension CountedPurchase {
  fileprivate func encode(to row: RowEncoder) {
    row.string(purchaseId)
    row.string(source)
    row.optionalString(programId)
    row.instant(occurredAt)
    row.currency(currency)
    row.spend(spend, tellsParts: row.format >= 2)
    row.list(returnIds) { row.digest($0) }
    row.bool(rate != nil)
    rate?.encode(to: row)
  }

  fileprivate init(from row: inout RowDecoder) throws {
    self.init(
      purchaseId: try row.string(), source: try row.string(), programId: try row.optionalString(),
      occurredAt: try row.instant(), currency: try row.currency(),
      spend: try row.spend(tellsParts: row.format >= 2))
    returnIds = try row.list { $0.format >= 2 ? try $0.digest() : IdDigest(of: try $0.string()) }
    if row.format >= 2, try row.bool() { rate = try TierRate(from: &row) }
  }
}

extension TierRate {
  fileprivate func encode(to row: RowEncoder) {
    row.decimal(perUnit)
    row.byte(exponent)
    row.string(rounding.rawValue)
  }

  fileprivate init(from row: inout RowDecoder) throws {
    let (perUnit, exponent, word) = (try row.decimal(), try row.byte(), try row.string())
    guard let rounding = Rounding(rawValue: word) else { throw RowFormatError("unknown rounding \(word)") }
    guard exponent <= ExactDecimal.scaleMax else { throw RowFormatError("a rate of \(exponent) decimals") }
    self.init(perUnit: perUnit, exponent: exponent, rounding: rounding)
  }
}

extension CountedPurchase {
  /// Bytes that it takes in a row at most, with all returns that it may have.
  fileprivate var bytesMax: Int {
    let texts = [purchaseId, source, programId ?? ""].reduce(0) { $0 + $1.utf8.count }
    let names = spend.lines.reduce(0) { $0 + $1.sku.utf8.count } + spend.lineIds.reduce(0) { $0 + $1.utf8.count }
    return texts + names + spend.lines.count * Self.lineBytesMax + PurchaseSpend.returnsMax * Self.returnBytesMax
      + Self.ownBytesMax
  }

  /// Numbers and the lengths of texts: of each line, of each return, and of all else.
  private static let lineBytesMax = 48
  private static let returnBytesMax = 20
  private static let ownBytesMax = 256
}
