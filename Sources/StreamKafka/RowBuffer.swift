import Foundation
import StreamRuntime

/// Rows written and not yet in the database, laid end to end in memory that is used again.
///
/// A hash table with open addressing over the keys' bytes; a row written twice is there once. Pointers handed out are
/// valid until the next change. One thread.
final class RowBuffer {
  /// A row, or the news that it was removed (`image` is nil).
  struct Row {
    fileprivate(set) var table: Int
    fileprivate var key: Range<Int>
    fileprivate var image: Range<Int>?
    fileprivate(set) var dueMs: Int64?
  }

  private let bytes = ByteBuffer(capacity: 1 << 16)
  private var rows: [Row] = []
  /// Indices into `rows`, -1 for a free slot. Twice as many slots as rows at least.
  private var slots: [Int32] = Array(repeating: -1, count: 1024)

  var isEmpty: Bool { rows.isEmpty }
  /// Bytes held, those of rows that were written again included.
  var byteCount: Int { bytes.count }

  /// - Parameter hash: ``hash(_:_:)`` of the key.
  func put(table: Int, key: UnsafeRawBufferPointer, hash: UInt64, image: UnsafeRawBufferPointer?, dueMs: Int64?) {
    let slot = slot(of: key, in: table, hash)
    if slots[slot] >= 0 {
      let index = Int(slots[slot])
      rows[index].image = image.map(append)
      rows[index].dueMs = dueMs
      return
    }
    slots[slot] = Int32(rows.count)
    rows.append(Row(table: table, key: append(key), image: image.map(append), dueMs: dueMs))
    if rows.count * 2 > slots.count { growSlots() }
  }

  /// nil where nothing was written under the key.
  func find(table: Int, key: UnsafeRawBufferPointer, hash: UInt64) -> Row? {
    let index = slots[slot(of: key, in: table, hash)]
    return index < 0 ? nil : rows[Int(index)]
  }

  func key(of row: Row) -> UnsafeRawBufferPointer { bytes.bytes(in: row.key) }
  func image(of row: Row) -> UnsafeRawBufferPointer? { row.image.map { bytes.bytes(in: $0) } }

  /// The rows by table and key: in this order a B-tree takes them with the fewest page writes.
  func sortedRows() -> [Row] {
    rows.sorted { one, other in
      guard one.table == other.table else { return one.table < other.table }
      let order = Self.compare(bytes.bytes(in: one.key), bytes.bytes(in: other.key))
      return order == 0 ? one.key.count < other.key.count : order < 0
    }
  }

  /// Forgets the rows and keeps the memory, up to `keepingAtMost` bytes.
  func removeAll(keepingAtMost limit: Int) {
    rows.removeAll(keepingCapacity: true)
    bytes.clear(keepingAtMost: limit)
    for index in slots.indices { slots[index] = -1 }
  }

  private func append(_ more: UnsafeRawBufferPointer) -> Range<Int> {
    let start = bytes.count
    bytes.append(more)
    return start..<bytes.count
  }

  /// The slot that holds the key, or the free one where it belongs.
  private func slot(of key: UnsafeRawBufferPointer, in table: Int, _ hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let row = rows[Int(slots[slot])]
      let known = bytes.bytes(in: row.key)
      if row.table == table, known.count == key.count, Self.compare(known, key) == 0 { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  /// As `memcmp` over the bytes that both have.
  private static func compare(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int32 {
    guard let first = one.baseAddress, let second = other.baseAddress else { return 0 }
    return memcmp(first, second, min(one.count, other.count))
  }

  private func growSlots() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for (index, row) in rows.enumerated() {
      let key = bytes.bytes(in: row.key)
      slots[slot(of: key, in: row.table, Self.hash(key, row.table))] = Int32(index)
    }
  }

  /// A multiply-and-fold over eight bytes at a time. Keys are a service's own, so nobody can choose them to collide at a
  /// cost worth a stronger hash: a worst case is slow, never wrong.
  static func hash(_ key: UnsafeRawBufferPointer, _ table: Int) -> UInt64 {
    let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash = UInt64(truncatingIfNeeded: key.count &<< 8 | table)
    var offset = 0
    while offset + 8 <= key.count {
      let product = (hash ^ key.loadUnaligned(fromByteOffset: offset, as: UInt64.self)).multipliedFullWidth(by: prime)
      hash = product.high ^ product.low
      offset += 8
    }
    var tail: UInt64 = 0
    while offset < key.count {
      tail = tail << 8 | UInt64(key[offset])
      offset += 1
    }
    let product = (hash ^ tail).multipliedFullWidth(by: prime)
    return product.high ^ product.low
  }
}
