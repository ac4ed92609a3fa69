import StreamRuntime

/// Feeds ``LedgerTopology``: members with lots of all lives, late events, ids that come again, poison, closed accounts.
package final class LedgerWorkload: SimulatedWorkload {
  package let topology: Topology
  private let memberCount: Int
  private let isHostile: Bool
  private var nowMs: Int64 = 1_000
  private var lastId = 0
  private var rate = 0
  /// Inputs that a shop may send again.
  private var repeatable: [SimulatedInput] = []
  private var adjustments: [Int: Int] = [:]

  package convenience init(_ random: SeededRandom) { self.init(random, isHostile: false) }

  /// - Parameter isHostile: some records and timers kill the process, and what some put out does not fit.
  package init(_ random: SeededRandom, isHostile: Bool) {
    self.isHostile = isHostile
    memberCount = random.within(2...7)
    topology = LedgerTopology.topology(cacheRowsMax: random.pick([2, 4, 1_000]), marksAreCached: random.chance(600))
  }

  package func nextInputs(_ random: SeededRandom) -> [SimulatedInput] {
    (0..<random.within(1...6)).flatMap { _ in
      next(random).map { $0.topic == LedgerTopology.rates ? $0 : $0.perhapsAstray(random) }
    }
  }

  private func next(_ random: SeededRandom) -> [SimulatedInput] {
    let member = random.below(memberCount)
    lastId += 1
    nowMs += Int64(random.within(0...400))
    // Late and out of order by up to two seconds.
    let time = max(0, nowMs - Int64(random.chance(300) ? random.below(2_000) : 0))
    if isHostile, random.chance(30) {
      let kind = random.pick(["burst", "swell", "nowhere", "throw", "trap", "sour", "mined"])
      return [event(member, "\(kind)|x\(lastId)|\(time)")]
    }
    switch random.weighted([30, 14, 6, 14, 18, 9, 3, 10, 2]) {
    case 0: return [event(member, earning("earn", time, random))]
    case 1:
      let input = event(member, earning("once", time, random))
      repeatable.append(input)
      return [input]
    case 2: return [event(member, "close|c\(lastId)|\(time)")]
    case 3:
      // The partition comes from outside: a tick goes to every one, as `loyalty clock advance` sends it.
      return [SimulatedInput(topic: LedgerTopology.events, partition: -1, key: nil, value: "tick||\(time)")]
    case 4:
      adjustments[member, default: 0] += 1
      let input = SimulatedInput(
        topic: LedgerTopology.adjustments, key: name(member),
        value: "\(adjustments[member, default: 0])|\(random.within(-50...50))")
      repeatable.append(input)
      return [input]
    case 5: return repeatable.isEmpty ? [] : [random.pick(repeatable)]
    case 7: return [event(member, earning("rated", time, random) + "|\(rate)")]
    case 8:
      rate += 1
      return [SimulatedInput(topic: LedgerTopology.rates, key: "rate", value: "\(rate)")]
    default: return [event(member, random.pick(["what|is|this", "earn|short", ""]))]
    }
  }

  package func lastInputs(partitionCount: Int) -> [SimulatedInput] {
    nowMs += 500
    return (0..<Int32(partitionCount)).map {
      SimulatedInput(topic: LedgerTopology.events, partition: $0, key: nil, value: "tick||\(nowMs)")
    }
  }

  private func earning(_ kind: String, _ time: Int64, _ random: SeededRandom) -> String {
    "\(kind)|e\(lastId)|\(time)|\(random.within(1...100))|\(random.pick([0, 100, 700, 2_000, 9_000, 60_000]))"
  }

  private func event(_ member: Int, _ value: String) -> SimulatedInput {
    SimulatedInput(topic: LedgerTopology.events, key: name(member), value: value)
  }

  private func name(_ member: Int) -> String { "m\(member)" }

  package func problems(at end: SimulatedEnd) throws -> [String] { try LedgerAuditor(end).problems() }
}
