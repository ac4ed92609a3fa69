import Contracts
import Inquiry
import Kafka
import Loyalty

/// Vouchers as `loyalty.vouchers` has them now: the last record of each.
struct VoucherReading {
  private let reader: TopicReader
  private let ranges: [TopicReader.Range]

  init(_ cluster: Cluster, _ reader: TopicReader) throws {
    self.reader = reader
    let count = try cluster.partitionCount(of: .vouchers)
    ranges = try reader.ranges(of: Topic.vouchers.name, partitionCount: count)
  }

  /// A partition at a time, each read twice: first for where each voucher's last record lies. So nothing but these
  /// places is held, and those of one partition.
  func forEach(_ body: (VoucherRecord) throws -> Void) throws {
    for range in ranges {
      // A voucher has one partition, for its owner writes it. 64 bits of its id tell it from the others there.
      var last: [Int: Int64] = [:]
      try reader.read([range]) { message in last[Self.hash(of: message)] = message.offset }
      try reader.read([range]) { message in
        guard last[Self.hash(of: message)] == message.offset, let record = Self.record(message) else { return }
        try body(record)
      }
    }
  }

  /// The last record of the one that `isMeant` holds for.
  func last(where isMeant: (VoucherRecord) -> Bool) throws -> VoucherRecord? {
    var found: VoucherRecord?
    for range in ranges {
      try reader.read([range]) { message in
        guard let record = Self.record(message) else {
          // Its member was erased.
          if let key = message.key, found.map({ key.elementsEqual($0.key.utf8) }) ?? false { found = nil }
          return
        }
        if isMeant(record) { found = record }
      }
    }
    return found
  }

  private static func hash(of message: borrowing KafkaMessage) -> Int {
    var hasher = Hasher()
    if let key = message.key { hasher.combine(bytes: key) }
    return hasher.finalize()
  }

  /// nil: it is removed, or no engine wrote it.
  private static func record(_ message: borrowing KafkaMessage) -> VoucherRecord? {
    message.value.flatMap { $0.isEmpty ? nil : try? VoucherRecord(decoding: $0) }
  }
}
