/// Which purchases hold the bonuses of periods, in bounded memory.
///
/// A return takes bonuses back from those that were given last, so these are known by name, ``holdersMax`` of them over
/// all periods. Earlier ones are only counted: they keep their bonuses, as those of purchases do that are not
/// remembered any more.
extension EarningCounters {
  package static let holdersMax = 2_000

  /// To be called when a holder was added.
  mutating func boundHolders() {
    var named = thresholds.reduce(0) { $0 + $1.namedCount }
    while named > Self.holdersMax, let index = thresholds.firstIndex(where: { $0.namedCount > 0 }) {
      let before = thresholds[index].namedCount
      thresholds[index].forgetNames((before + 1) / 2)
      named -= before - thresholds[index].namedCount
    }
  }
}

extension ThresholdPeriod {
  fileprivate var namedCount: Int { holders.count - (namelessTimes > 0 ? 1 : 0) }

  /// What holders had that are not known by name any more; they stand first, as one.
  var namelessTimes: Int64 {
    guard let first = holders.first, first.lotId.isEmpty else { return 0 }
    return first.times
  }

  /// Of the oldest `count`.
  fileprivate mutating func forgetNames(_ count: Int) {
    let end = min(holders.count, count + (namelessTimes > 0 ? 1 : 0))
    let times = holders[..<end].reduce(Int64(0)) { $0.addingBounded($1.times) }
    holders.replaceSubrange(..<end, with: [Holder(lotId: "", times: times)])
  }

  /// Takes a purchase that is going to be rated again off the holders.
  ///
  /// - Parameter times: what it was given, by which it is taken off those without a name.
  mutating func unwind(_ lotId: String, times: Int64) {
    let name = Lot.shortId(lotId)
    let before = holders.count
    holders.removeAll { $0.lotId == name }
    guard holders.count == before, namelessTimes > 0 else { return }
    holders[0].times -= min(times, namelessTimes)
    if holders[0].times == 0 { holders.removeFirst() }
  }
}
