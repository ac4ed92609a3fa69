import Partitioning

/// A stray is a record that lies in a partition where its key does not belong: whoever wrote it partitions by another
/// hash. What a processor does about it is its own affair; here are the means.
extension ProcessorContext {
  /// The partition that the record's key belongs to, where the record lies in another one; nil: it lies right, or has
  /// no key.
  package func partitionElsewhere(of record: InputRecord) -> Int32? {
    guard partitionCount > 1, let key = record.key else { return nil }
    let own = KeyPartitioner.partition(of: key, among: partitionCount)
    return own == record.partition ? nil : own
  }

  /// Sends a stray on, with its headers and a mark, and counts it. It belongs to the cycle, as the record's offset
  /// does: it is sent on once. Where it arrives it comes after what was written there meanwhile.
  ///
  /// - Parameters:
  ///   - output: the record's own topic among the output topics.
  ///   - mark: a header that says where the record lay, as `partition@offset`.
  package func forward(_ record: InputRecord, to partition: Int32, output: Int, mark: StaticString) {
    outbox.begin(topic: output, partition: partition, key: record.key)
    record.copyHeaders(to: outbox)
    outbox.header(mark, "\(record.partition)@\(record.offset)")
    outbox.end(value: record.value)
    counts.countForwarded(topic: record.topic)
  }
}

extension InputRecord {
  /// Of key, value and headers.
  package var byteCount: Int {
    var count = (key?.count ?? 0) + (value?.count ?? 0)
    headers.forEachHeader { count += $0.count + ($1?.count ?? 0) }
    return count
  }

  /// Copies the headers to the record that is open, as many as are taken and fit into `bytesMax`; returns how many are
  /// left out. A producer may have written headers without end.
  @discardableResult
  func copyHeaders(to outbox: Outbox, bytesMax: Int = .max) -> Int {
    var kept = 0
    var left = 0
    var bytes = 0
    headers.forEachHeader { name, value in
      bytes += name.count + (value?.count ?? 0) + OutputLimit.headerOverhead
      if kept < Limits.copiedHeadersMax, bytes <= bytesMax {
        outbox.header(copying: name, value)
        kept += 1
      } else {
        left += 1
      }
    }
    return left
  }
}
