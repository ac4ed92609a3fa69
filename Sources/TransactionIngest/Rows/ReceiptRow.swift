import Contracts
import ServiceDomain
import StreamRuntime

/// A purchase that waits for its member, in the partition of its receipt id, with what was returned of it meanwhile.
struct ReceiptRow: StoreRow, Equatable {
  /// As on `loyalty.transactions`, without a member; nil where only a return of it has come so far.
  var purchase: [UInt8]?
  var returns: [[UInt8]] = []
  /// Whose the purchase has become.
  var claimedBy: String?
  var forgetAtMs: Int64

  /// More returns of one purchase that nobody has claimed are not kept.
  static let returnsMax = 100

  private static let format: UInt8 = 1

  var dueMs: Int64? { forgetAtMs }

  static func key(receipt: String, source: String) -> String { prefix(receipt) + source }
  static func prefix(_ receipt: String) -> String { receipt + RecordKey.separator }

  init(purchase: [UInt8]? = nil, forgetAtMs: Int64) {
    self.purchase = purchase
    self.forgetAtMs = forgetAtMs
  }

  func encode(to row: RowEncoder) {
    row.byte(Self.format)
    row.optionalString(purchase.map { String(decoding: $0, as: UTF8.self) })
    row.list(returns) { row.string(String(decoding: $0, as: UTF8.self)) }
    row.optionalString(claimedBy)
    row.int(forgetAtMs)
  }

  init(from row: inout RowDecoder) throws {
    try row.expectFormat(Self.format, of: "a kept purchase")
    purchase = try row.optionalString().map { Array($0.utf8) }
    returns = try row.list { Array(try $0.string().utf8) }
    claimedBy = try row.optionalString()
    forgetAtMs = try row.int()
  }
}
