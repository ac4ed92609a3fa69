/// Tells of most keys that a table does not hold them, so that the database need not be asked: most rows that a stream
/// looks for are new to it.
///
/// A Bloom filter in which the bits of one key lie in one word, so that a look costs one read of memory; about 1 %
/// false positives. It grows by layers, each four times as large as the one before. A key that was removed stays, and
/// costs a look-up.
package struct KeyFilter {
  private var layers: [[UInt64]] = [Array(repeating: 0, count: firstWords)]
  /// Keys that the last layer takes yet.
  private var room = firstWords * keysPerWord

  private static let firstWords = 1 << 10
  private static let keysPerWord = 4
  private let layerWordsMax: Int
  /// It has taken in too many keys to tell, and keeps none.
  package private(set) var isFull = false

  /// - Parameter layerWordsMax: words of the largest layer, a power of two. By default it tells of 3.4 million keys, in
  ///   7 MiB.
  package init(layerWordsMax: Int = 1 << 19) {
    self.layerWordsMax = layerWordsMax
  }

  /// - Parameter hash: well mixed; the same for the same key.
  package mutating func insert(_ hash: UInt64) {
    guard !mayHold(hash) else { return }
    if room == 0 {
      let largest = layers[layers.count - 1].count
      guard largest < layerWordsMax else {
        isFull = true
        return layers.removeAll()
      }
      let words = min(largest * 4, layerWordsMax)
      layers.append(Array(repeating: 0, count: words))
      room = words * Self.keysPerWord
    }
    let newest = layers.count - 1
    layers[newest][Self.word(of: hash, among: layers[newest].count)] |= Self.bits(of: hash)
    room -= 1
  }

  /// False: it does not hold the key.
  package func mayHold(_ hash: UInt64) -> Bool {
    if isFull { return true }
    let bits = Self.bits(of: hash)
    for index in layers.indices.reversed() {
      if layers[index][Self.word(of: hash, among: layers[index].count)] & bits == bits { return true }
    }
    return false
  }

  private static func word(of hash: UInt64, among count: Int) -> Int { Int(hash >> 24) & (count - 1) }

  private static func bits(of hash: UInt64) -> UInt64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63) | 1 << (hash >> 18 & 63)
  }
}
