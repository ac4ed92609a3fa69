import Contracts
import Loyalty
import StreamRuntime

/// That an event was passed on: the memory against duplicates.
///
/// The key is the source and the id themselves rather than a digest of them. Those of real shops take 20 to 30 bytes, a
/// digest that is safe against collisions takes 16, and a collision would lose somebody's points without a trace.
package struct SeenPurchase: StoreRow, Equatable {
  /// Of what was passed on: tells a retry from another purchase under the same id.
  package var digest: UInt64
  package var forgetAtMs: Int64

  package static let format: UInt8 = 1

  package var dueMs: Int64? { forgetAtMs }

  package static func key(of transaction: Transaction) -> String {
    RecordKey.joined(transaction.source, transaction.id)
  }

  package init(digest: UInt64, forgetAtMs: Int64) {
    self.digest = digest
    self.forgetAtMs = forgetAtMs
  }

  package func encode(to row: RowEncoder) {
    row.int(Int64(bitPattern: digest))
    row.int(forgetAtMs)
  }

  package init(from row: inout RowDecoder) throws {
    digest = UInt64(bitPattern: try row.int())
    forgetAtMs = try row.int()
  }

  /// A digest of an accepted event's text. It guards nothing: should two differ and digest alike, a wrong use of one id
  /// goes unnoticed, as it would without the digest.
  static func digest(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash = UInt64(bytes.count)
    var index = 0
    while index < bytes.count {
      var word: UInt64 = 0
      if index + 8 <= bytes.count {
        word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      } else {
        for byte in bytes[index...] { word = word << 8 | UInt64(byte) }
      }
      hash = (hash ^ UInt64(littleEndian: word)) &* prime
      hash ^= hash >> 29
      index += 8
    }
    return hash
  }
}
