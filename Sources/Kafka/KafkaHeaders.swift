import CRDKafka

/// A list of record headers for `KafkaProducer.produce`, meant to be built again and again: it keeps its memory. One
/// thread.
package final class KafkaHeaders {
  /// Names and values, one after the other. Grows by doubling, never shrinks.
  private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 1)
  private var used = 0
  private var entries: [Entry] = []

  private struct Entry {
    let name: Int
    let value: Int
    /// -1 for a null value.
    let valueCount: Int
  }

  package init() {
    entries.reserveCapacity(16)
  }

  deinit {
    bytes.deallocate()
  }

  package var count: Int { entries.count }

  package func removeAll() {
    used = 0
    entries.removeAll(keepingCapacity: true)
  }

  /// Copies name and value; a nil value is a null one.
  package func append(_ name: String, _ value: UnsafeRawBufferPointer?) {
    var name = name
    name.withUTF8 { append(nameUTF8: UnsafeRawBufferPointer($0), value) }
  }

  package func append(_ name: String, _ value: String) {
    var value = value
    value.withUTF8 { append(name, UnsafeRawBufferPointer($0)) }
  }

  package func append(_ header: KafkaHeader) {
    guard let value = header.value else { return append(header.name, nil) }
    value.withUnsafeBytes { append(header.name, $0) }
  }

  /// The same with the name as UTF-8 bytes, as `KafkaMessage.forEachHeader` lends it.
  package func append(nameUTF8 name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) {
    let start = used
    let valueStart = start + name.count
    let end = valueStart + (value?.count ?? 0)
    if end > bytes.count { grow(to: end) }
    UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: name)
    if let value { UnsafeMutableRawBufferPointer(rebasing: bytes[valueStart...]).copyMemory(from: value) }
    used = end
    entries.append(Entry(name: start, value: valueStart, valueCount: value?.count ?? -1))
  }

  /// The headers as librdkafka has them, for one record: whoever asks owns the list, until a record has taken it. Nil:
  /// there are none.
  func makeList() -> OpaquePointer? {
    guard !entries.isEmpty, let base = UnsafeRawPointer(bytes.baseAddress) else { return nil }
    let list = rd_kafka_headers_new(entries.count)
    for entry in entries {
      // It copies both, and answers with an error for nothing.
      _ = rd_kafka_header_add(
        list, (base + entry.name).assumingMemoryBound(to: CChar.self), entry.value - entry.name,
        entry.valueCount < 0 ? nil : base + entry.value, max(entry.valueCount, 0))
    }
    return list
  }

  private func grow(to needed: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(needed, bytes.count * 2), alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
    bytes.deallocate()
    bytes = larger
  }
}
