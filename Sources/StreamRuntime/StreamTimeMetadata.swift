/// Stream time as it travels in the metadata of committed offsets, so that it moves with the partition (as in Kafka Streams).
enum StreamTimeMetadata {
  private static let prefix = "streamTimeMs="

  static func encode(_ ms: Int64) -> String { prefix + String(ms) }

  static func decode(_ metadata: String?) -> Int64? {
    guard let metadata, metadata.hasPrefix(prefix) else { return nil }
    return Int64(metadata.dropFirst(prefix.count))
  }
}
