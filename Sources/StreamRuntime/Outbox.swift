/// What a cycle wants to send: records laid end to end in one reused buffer, handed to the producer in one burst.
///
/// A record is written in parts: ``begin(topic:partition:key:)``, any number of ``header(_:_:)``, then ``end(value:)``.
/// Each is measured against what its topic takes: with one that does not fit (``misfit``) nothing may be sent.
public final class Outbox {
  /// One record; ranges point into ``bytes``.
  package struct Entry {
    /// Index into ``Topology/outputTopics``.
    package var topic: Int
    /// Nil lets the partitioner decide by key.
    package var partition: Int32?
    package var key: Range<Int>?
    package var value: Range<Int>?
    package var headers: Range<Int>
    /// Index of the changelogged table, for a changelog record; nil for an output.
    package var changelogTable: Int?
  }

  /// A header; ranges point into ``bytes``.
  package struct Header {
    package var name: Name
    /// Nil: a null value.
    package var value: Range<Int>?

    package enum Name {
      /// One of the service's own.
      case own(StaticString)
      /// One that an input record brought.
      case copied(Range<Int>)
    }
  }

  package let bytes = ByteBuffer(capacity: 1 << 20)
  package private(set) var entries: [Entry] = []
  package private(set) var headers: [Header] = []
  /// The first record that its topic does not take.
  package private(set) var misfit: Misfit?
  private var open: Entry?
  /// Where the open record begins in ``bytes``, and what it has beside these.
  private var openStart = 0
  private var openExtra = 0
  /// By topic; no limits where there are none.
  private let limits: [OutputLimit]

  public convenience init() { self.init(limits: []) }

  /// - Parameter limits: by topic, as ``Topology/outputTopics``.
  package init(limits: [OutputLimit]) { self.limits = limits }

  package var isEmpty: Bool { entries.isEmpty }

  /// - Parameter topic: index into ``Topology/outputTopics``.
  package func begin(topic: Int, partition: Int32? = nil, key: UnsafeRawBufferPointer?) {
    precondition(open == nil, "a record is already open")
    openStart = bytes.count
    openExtra = OutputLimit.recordOverhead
    let keyRange = key.map(append)
    open = Entry(
      topic: topic, partition: partition, key: keyRange, value: nil, headers: headers.count..<headers.count,
      changelogTable: nil)
  }

  package func header(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
    precondition(open != nil, "no record is open")
    headers.append(Header(name: .own(name), value: append(value)))
    openExtra += name.utf8CodeUnitCount + OutputLimit.headerOverhead
  }

  /// Copies a header of another record. A nil value is a null one.
  package func header(copying name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) {
    precondition(open != nil, "no record is open")
    let nameRange = append(name)
    headers.append(Header(name: .copied(nameRange), value: value.map(append)))
    openExtra += OutputLimit.headerOverhead
  }

  /// The UTF-8 bytes of a header's name, valid until the outbox is written to.
  package func name(of header: Header) -> UnsafeRawBufferPointer {
    switch header.name {
    case .own(let name): UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    case .copied(let range): bytes.bytes(in: range)
    }
  }

  package func header(_ name: StaticString, _ value: String) {
    var value = value
    value.withUTF8 { header(name, UnsafeRawBufferPointer($0)) }
  }

  /// Closes the record. A nil value is a tombstone.
  package func end(value: UnsafeRawBufferPointer?) {
    guard var entry = open else { preconditionFailure("no record is open") }
    entry.value = value.map(append)
    entry.headers = entry.headers.lowerBound..<headers.count
    measure(bytes.count - openStart + openExtra, topic: entry.topic, partition: entry.partition)
    entries.append(entry)
    open = nil
  }

  /// A record without headers.
  package func send(
    topic: Int, partition: Int32? = nil, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?
  ) {
    begin(topic: topic, partition: partition, key: key)
    end(value: value)
  }

  public func changelog(
    topic: Int, partition: Int32, table: Int, key: UnsafeRawBufferPointer, image: UnsafeRawBufferPointer?
  ) {
    let keyRange = append(key)
    let valueRange = image.map(append)
    measure(
      key.count + (image?.count ?? 0) + OutputLimit.recordOverhead, topic: topic, partition: partition)
    entries.append(
      Entry(
        topic: topic, partition: partition, key: keyRange, value: valueRange, headers: headers.count..<headers.count,
        changelogTable: table))
  }

  /// Forgets everything, and gives back memory that one large cycle needed.
  package func clear() {
    entries.removeAll(keepingCapacity: true)
    headers.removeAll(keepingCapacity: true)
    open = nil
    misfit = nil
    bytes.clear(keepingAtMost: Limits.outboxKeptBytes)
  }

  /// What the topic takes of one record.
  package func limit(of topic: Int) -> OutputLimit { topic < limits.count ? limits[topic] : .none }

  private func measure(_ size: Int, topic: Int, partition: Int32?) {
    let limit = limit(of: topic)
    if size > limit.bytesMax {
      note(Misfit(topic: topic, cause: .size(size, max: limit.bytesMax)))
    } else if let partition, partition < 0 || partition >= limit.partitions {
      note(Misfit(topic: topic, cause: .partition(partition, of: limit.partitions)))
    }
  }

  private func note(_ new: Misfit) { misfit = misfit ?? new }

  private func append(_ more: UnsafeRawBufferPointer) -> Range<Int> {
    let start = bytes.count
    bytes.append(more)
    return start..<bytes.count
  }
}
