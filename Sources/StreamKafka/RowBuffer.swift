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

  /// An index into `rows`, -1 in a free slot, and a part of the key's hash, which tells most other keys from it without
  /// a look at the row.
  private struct Slot {
    var index: Int32 = -1
    var tag: UInt32 = 0
  }

  /// Table and first bytes of a row's key, in an order of their own, which settles most comparisons without a look at
  /// it.
  private struct Rank {
    var first: UInt64
    var second: UInt64
    var index: Int
  }

  private let bytes = ByteBuffer(capacity: 1 << 16)
  private var rows: [Row] = []
  /// Twice as many as rows at least.
  private var slots: [Slot] = Array(repeating: Slot(), count: 1024)

  var isEmpty: Bool { rows.isEmpty }
  /// Bytes held, those of rows that were written again included.
  var byteCount: Int { bytes.count }

  /// - Parameter hash: ``hash(_:_:)`` of the key.
  func put(table: Int, key: UnsafeRawBufferPointer, hash: UInt64, image: UnsafeRawBufferPointer?, dueMs: Int64?) {
    let slot = slot(of: key, in: table, hash)
    if slots[slot].index >= 0 {
      let index = Int(slots[slot].index)
      rows[index].image = image.map(append)
      rows[index].dueMs = dueMs
      return
    }
    slots[slot] = Slot(index: Int32(rows.count), tag: Self.tag(of: hash))
    rows.append(Row(table: table, key: append(key), image: image.map(append), dueMs: dueMs))
    if rows.count * 2 > slots.count { growSlots() }
  }

  /// nil where nothing was written under the key.
  func find(table: Int, key: UnsafeRawBufferPointer, hash: UInt64) -> Row? {
    let index = slots[slot(of: key, in: table, hash)].index
    return index < 0 ? nil : rows[Int(index)]
  }

  func key(of row: Row) -> UnsafeRawBufferPointer { bytes.bytes(in: row.key) }
  func image(of row: Row) -> UnsafeRawBufferPointer? { row.image.map { bytes.bytes(in: $0) } }

  /// The rows by table and key: in this order a B-tree takes them with the fewest page writes.
  func sortedRows() -> some Sequence<Row> {
    var ranks = rows.indices.map(rank)
    ranks.sort { one, other in
      if one.first != other.first { return one.first < other.first }
      if one.second != other.second { return one.second < other.second }
      let (key, otherKey) = (rows[one.index].key, rows[other.index].key)
      let order = Self.compare(bytes.bytes(in: key), bytes.bytes(in: otherKey))
      return order == 0 ? key.count < otherKey.count : order < 0
    }
    return ranks.lazy.map { self.rows[$0.index] }
  }

  private func rank(of index: Int) -> Rank {
    let row = rows[index]
    let key = bytes.bytes(in: row.key)
    // There are fewer than 256 tables.
    let first = UInt64(row.table) << 56 | Self.word(of: key, at: 0) >> 8
    return Rank(first: first, second: Self.word(of: key, at: 7), index: index)
  }

  /// Eight bytes of a key as a number that is in order as they are; zeros behind its end.
  private static func word(of key: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
    guard offset + 8 > key.count else {
      return UInt64(bigEndian: key.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    var word: UInt64 = 0
    for place in offset..<offset + 8 { word = word << 8 | (place < key.count ? UInt64(key[place]) : 0) }
    return word
  }

  /// Forgets the rows and keeps the memory, up to `keepingAtMost` bytes.
  func removeAll(keepingAtMost limit: Int) {
    rows.removeAll(keepingCapacity: true)
    bytes.clear(keepingAtMost: limit)
    for index in slots.indices { slots[index] = Slot() }
  }

  private func append(_ more: UnsafeRawBufferPointer) -> Range<Int> {
    let start = bytes.count
    bytes.append(more)
    return start..<bytes.count
  }

  /// The slot that holds the key, or the free one where it belongs.
  private func slot(of key: UnsafeRawBufferPointer, in table: Int, _ hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    let tag = Self.tag(of: hash)
    while slots[slot].index >= 0 {
      if slots[slot].tag == tag {
        let row = rows[Int(slots[slot].index)]
        let known = bytes.bytes(in: row.key)
        if row.table == table, known.count == key.count, Self.compare(known, key) == 0 { break }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  /// Of the bits that do not choose the slot.
  private static func tag(of hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

  /// As `memcmp` over the bytes that both have.
  private static func compare(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int32 {
    guard let first = one.baseAddress, let second = other.baseAddress else { return 0 }
    return memcmp(first, second, min(one.count, other.count))
  }

  private func growSlots() {
    slots = Array(repeating: Slot(), count: slots.count * 2)
    for (index, row) in rows.enumerated() {
      let key = bytes.bytes(in: row.key)
      let hash = Self.hash(key, row.table)
      slots[slot(of: key, in: row.table, hash)] = Slot(index: Int32(index), tag: Self.tag(of: hash))
    }
  }

  /// A multiply-and-fold over eight bytes at a time. Keys are a service's own, so nobody can choose them to collide at
  /// a cost worth a stronger hash: a worst case is slow, never wrong.
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
