import Contracts
import ServiceDomain
import StreamRuntime

/// A purchase that waits for its member, in the partition of its receipt id, with what was returned of it meanwhile.
package struct ReceiptRow: StoreRow, Equatable {
  /// As on `loyalty.transactions`, without a member; nil where only a return of it has come so far.
  package var purchase: [UInt8]?
  package var returns: [Return] = []
  /// Whose the purchase has become.
  package var claimedBy: String?
  package var forgetAtMs: Int64

  /// A return or cancellation, as on `loyalty.transactions`, without a member.
  package struct Return: Equatable {
    package var text: [UInt8]
    package var arrival: Arrival

    package init(text: [UInt8], arrival: Arrival) {
      self.text = text
      self.arrival = arrival
    }
  }

  /// More returns of one purchase that nobody has claimed are not kept.
  static let returnsMax = 100
  /// Nor returns that take more than this together. With the purchase, the row stays well below the
  /// `max.message.bytes` of its changelog.
  static let returnsBytesMax = 384 * 1024

  package static let format: UInt8 = 2

  package var dueMs: Int64? { forgetAtMs }

  package static func key(receipt: String, source: String) -> String { prefix(receipt) + source }
  package static func prefix(_ receipt: String) -> String { receipt + RecordKey.separator }

  package init(purchase: [UInt8]? = nil, forgetAtMs: Int64) {
    self.purchase = purchase
    self.forgetAtMs = forgetAtMs
  }

  /// Keeps a return, or says that there is no room for it.
  package mutating func add(_ returned: Return) -> Bool {
    let bytes = returns.reduce(returned.text.count) { $0 + $1.text.count }
    guard returns.count < Self.returnsMax, bytes <= Self.returnsBytesMax else { return false }
    returns.append(returned)
    return true
  }

  package func encode(to row: RowEncoder) {
    row.optionalString(purchase.map { String(decoding: $0, as: UTF8.self) })
    row.list(returns) {
      row.string(String(decoding: $0.text, as: UTF8.self))
      $0.arrival.encode(to: row)
    }
    row.optionalString(claimedBy)
    row.int(forgetAtMs)
  }

  package init(from row: inout RowDecoder) throws {
    purchase = try row.optionalString().map { Array($0.utf8) }
    returns = try row.list { Return(text: Array(try $0.string().utf8), arrival: try Arrival(from: &$0)) }
    claimedBy = try row.optionalString()
    forgetAtMs = try row.int()
  }
}
