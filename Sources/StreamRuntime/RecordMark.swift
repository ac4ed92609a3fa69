/// What tells a record from another at the same offset of a topic that was made again under the same name: when it was
/// written, and its sizes. Nothing of its content, which may be personal data.
struct RecordMark: Equatable {
  var offset: Int64
  var timestampMs: Int64
  /// Bytes; -1 for none at all.
  var keySize: Int64
  var valueSize: Int64

  init(offset: Int64, timestampMs: Int64, keySize: Int64, valueSize: Int64) {
    self.offset = offset
    self.timestampMs = timestampMs
    self.keySize = keySize
    self.valueSize = valueSize
  }

  init(_ record: InputRecord) {
    self.init(
      offset: record.offset, timestampMs: record.timestampMs, keySize: Int64(record.key?.count ?? -1),
      valueSize: Int64(record.value?.count ?? -1))
  }
}
