/// A list of record headers for `KafkaProducer.produce`, meant to be built again and again: `removeAll` keeps its memory,
/// so that a record with headers costs no allocation here. One thread.
package final class KafkaHeaders {
  /// Names (each with a closing NUL) and values, one after the other.
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []

  private struct Entry {
    let name: Int
    let value: Int
    /// -1 for a null value.
    let valueCount: Int
  }

  package init() {
    bytes.reserveCapacity(512)
    entries.reserveCapacity(16)
  }

  package var count: Int { entries.count }

  package func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }

  /// Copies name and value; a nil value is a null one. The name must hold no NUL.
  package func append(_ name: String, _ value: UnsafeRawBufferPointer?) {
    let start = bytes.count
    bytes.append(contentsOf: name.utf8)
    append(nameAt: start, value)
  }

  package func append(_ name: String, _ value: String) {
    let start = bytes.count
    bytes.append(contentsOf: name.utf8)
    bytes.append(0)
    let valueStart = bytes.count
    bytes.append(contentsOf: value.utf8)
    entries.append(Entry(name: start, value: valueStart, valueCount: bytes.count - valueStart))
  }

  /// The same with the name as UTF-8 bytes, as `KafkaMessage.forEachHeader` lends it.
  package func append(nameUTF8 name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) {
    let start = bytes.count
    bytes.append(contentsOf: name)
    append(nameAt: start, value)
  }

  /// Lends each header as C wants it, a NUL-terminated name and a value whose pointer is nil when it is null, and runs
  /// `then` while those pointers are still valid.
  func withEach<Result>(
    _ body: (_ name: UnsafePointer<CChar>, _ value: UnsafeRawPointer?, _ count: Int) -> Void, then: () -> Result
  ) -> Result {
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return then() }
      for entry in entries {
        let name = (base + entry.name).assumingMemoryBound(to: CChar.self)
        if entry.valueCount < 0 {
          body(name, nil, 0)
        } else {
          body(name, base + entry.value, entry.valueCount)
        }
      }
      return then()
    }
  }

  private func append(nameAt start: Int, _ value: UnsafeRawBufferPointer?) {
    bytes.append(0)
    let valueStart = bytes.count
    if let value { bytes.append(contentsOf: value) }
    entries.append(Entry(name: start, value: valueStart, valueCount: value?.count ?? -1))
  }
}
