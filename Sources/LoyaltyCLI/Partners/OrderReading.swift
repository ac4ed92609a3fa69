import Contracts
import Inquiry
import Kafka
import Partners
import ServiceKit

/// Orders at partners as `loyalty.orders` has them now: the last record of each.
struct OrderReading {
  private let reader: TopicReader
  private let ranges: [TopicReader.Range]

  init(_ cluster: Cluster, _ reader: TopicReader) throws {
    self.reader = reader
    let count = try cluster.partitionCount(of: .orders)
    ranges = try reader.ranges(of: Topic.orders.name, partitionCount: count)
  }

  /// Those that `isMeant` holds for, which must ask of what does not change alone; nothing else is held.
  func last(where isMeant: (OrderRecord) -> Bool) throws -> [OrderRecord] {
    var found: [String: OrderRecord] = [:]
    try reader.read(ranges) { message in
      let key = String(decoding: message.key ?? .init(start: nil, count: 0), as: UTF8.self)
      guard let value = message.value, !value.isEmpty else {
        found[key] = nil
        return
      }
      // What the engine did not write is no order.
      guard let record = try? OrderRecord(decoding: value), record.id == key, isMeant(record) else { return }
      found[key] = record
    }
    return found.values.sorted { ($0.askedAt, $0.id) < ($1.askedAt, $1.id) }
  }
}

extension HeldOrder {
  init(_ record: OrderRecord) {
    let state: State =
      switch record.state {
      case .open: .waiting
      case .inDoubt: .inDoubt
      case .issued: .issued(count: Int(record.quantity), serials: record.serials)
      case .refused: .refused(code: record.code ?? "refused")
      }
    self.init(reference: record.reference, state)
  }
}

extension OrderRecord.State {
  /// For people: `in-doubt`.
  var word: String { String(rawValue.drop { $0 != "." }.dropFirst()) }
}
