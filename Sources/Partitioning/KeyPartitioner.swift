/// The partition that a key belongs to: Java's murmur2, by which every client of the platform partitions (librdkafka
/// calls it `murmur2_random`).
package enum KeyPartitioner {
  /// Of `count` partitions, at least one.
  package static func partition(of key: UnsafeRawBufferPointer, among count: Int) -> Int32 {
    precondition(count > 0, "a topic has at least one partition")
    return Int32(truncatingIfNeeded: Int(murmur2(key) & 0x7FFF_FFFF) % count)
  }

  package static func partition(of key: String, among count: Int) -> Int32 {
    var key = key
    return key.withUTF8 { partition(of: UnsafeRawBufferPointer($0), among: count) }
  }

  /// As `org.apache.kafka.common.utils.Utils.murmur2` has it.
  private static func murmur2(_ key: UnsafeRawBufferPointer) -> UInt32 {
    let factor: UInt32 = 0x5BD1_E995
    var hash: UInt32 = 0x9747_B28C ^ UInt32(truncatingIfNeeded: key.count)
    let whole = key.count & ~3
    for index in stride(from: 0, to: whole, by: 4) {
      var word = UInt32(littleEndian: key.loadUnaligned(fromByteOffset: index, as: UInt32.self)) &* factor
      word ^= word >> 24
      hash = hash &* factor ^ word &* factor
    }
    let rest = key.count - whole
    if rest > 2 { hash ^= UInt32(key[whole + 2]) << 16 }
    if rest > 1 { hash ^= UInt32(key[whole + 1]) << 8 }
    if rest > 0 { hash = (hash ^ UInt32(key[whole])) &* factor }
    hash = (hash ^ hash >> 13) &* factor
    return hash ^ hash >> 15
  }
}
