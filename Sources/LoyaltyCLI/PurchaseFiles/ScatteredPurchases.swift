/// Purchases of a CSV file that its rows tell in more than one place and not alike: lines that lie apart, or rows that
/// agree in source and id and not in what else they should. Each part alone would be another purchase than the file
/// holds, so that all of them are withheld.
struct ScatteredPurchases {
  private struct Seen {
    var content: Int
    var row: Int
  }

  /// By the hash of source and id.
  private var seen: [Int: Seen] = [:]
  /// The first rows of two that differ.
  private var scattered: [Int: (Int, Int)] = [:]

  /// Notes what the file holds, in a first reading. Past ``FileDuplicates/eventsMax`` purchases nothing more is noted,
  /// and ingest alone finds what differs.
  mutating func note(_ purchase: CSVPurchase) {
    let key = Self.key(purchase)
    var hasher = Hasher()
    purchase.saysTheSame(&hasher)
    let content = hasher.finalize()
    guard let earlier = seen[key] else {
      if seen.count < FileDuplicates.eventsMax { seen[key] = Seen(content: content, row: purchase.firstRow) }
      return
    }
    if earlier.content != content, scattered[key] == nil { scattered[key] = (earlier.row, purchase.firstRow) }
  }

  /// The refusal of one that lies scattered.
  func refusal(of purchase: CSVPurchase) -> RowRefusal? {
    scattered[Self.key(purchase)].map { .scattered($0.0 == purchase.firstRow ? $0.1 : $0.0) }
  }

  private static func key(_ purchase: CSVPurchase) -> Int {
    var hasher = Hasher()
    hasher.combine(purchase.key)
    return hasher.finalize()
  }
}
