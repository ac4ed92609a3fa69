/// A list of record headers for `KafkaProducer.produce`, meant to be built again and again: it keeps its memory, so
/// that a record with headers costs no allocation here. One thread.
package final class KafkaHeaders {
  /// Names (each with a closing NUL) and values, one after the other. Grows by doubling, never shrinks.
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

  /// Copies name and value; a nil value is a null one. The name must hold no NUL.
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
    let valueStart = start + name.count + 1
    let end = valueStart + (value?.count ?? 0)
    if end > bytes.count { grow(to: end) }
    UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: name)
    bytes[valueStart - 1] = 0
    if let value { UnsafeMutableRawBufferPointer(rebasing: bytes[valueStart...]).copyMemory(from: value) }
    used = end
    entries.append(Entry(name: start, value: valueStart, valueCount: value?.count ?? -1))
  }

  /// Lends each header as C wants it: a NUL-terminated name, and a value whose pointer is nil when it is null. The
  /// pointers hold until the list is changed.
  func forEach(_ body: (_ name: UnsafePointer<CChar>, _ value: UnsafeRawPointer?, _ count: Int) -> Void) {
    guard let base = UnsafeRawPointer(bytes.baseAddress) else { return }
    for entry in entries {
      let name = (base + entry.name).assumingMemoryBound(to: CChar.self)
      body(name, entry.valueCount < 0 ? nil : base + entry.value, max(entry.valueCount, 0))
    }
  }

  private func grow(to needed: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(needed, bytes.count * 2), alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
    bytes.deallocate()
    bytes = larger
  }
}
