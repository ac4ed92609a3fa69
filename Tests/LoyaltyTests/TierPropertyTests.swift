import Loyalty
import TestValues
import Testing

/// Random lives of members under random rules. A failure names its seed.
@Suite(.timeLimit(.minutes(10))) struct TierPropertyTests {
  private static let seeds: Range<UInt64> = 1..<2_001

  /// Windows, metrics, downgrade and grace by a seed; New York, so that days differ in length.
  private static func scheme(_ random: inout Dice) -> TierScheme {
    let metric = TierScheme.Metric.allCases[random.below(4)]
    let levels = [
      TierLevel(id: "member", from: 0), TierLevel(id: "silver", from: 300), TierLevel(id: "gold", from: 1_000),
    ]
    let window: TierScheme.Window = [
      .lifetime, .calendarYear, .anniversary, .rolling(months: 1 + random.below(14)), .calendarQuarter,
      .validity(months: 1 + random.below(14)),
    ][random.below(6)]
    let isShort =
      switch window {
      case .calendarQuarter, .validity: true
      case .lifetime, .calendarYear, .anniversary, .rolling: false
      }
    return TierScheme(
      metric: metric, window: window, downgrade: TierScheme.Downgrade.allCases[random.below(3)],
      graceDays: [0, 0, 7, isShort ? 14 : 90][random.below(4)], onReversal: random.below(2) == 0 ? .keep : .rejudge,
      levels: levels)
  }

  private static func program(_ scheme: TierScheme) -> Program {
    var program = LoyaltyTests.program(tiers: scheme)
    program.calendar = zone("America/New_York")
    return program
  }

  /// Some purchases over three years, some of them returned in part; (occurred, activity), in the order of time.
  private static func life(_ random: inout Dice, returns: Bool) -> [(at: Instant, activity: TierActivity)] {
    var events: [(Instant, TierActivity)] = []
    let start = time("2017-01-01").milliseconds
    for _ in 0..<(5 + random.below(40)) {
      let at = Instant(milliseconds: start + Int64(random.below(3 * 365 * 24)) * 3_600_000)
      let amount = Int64(1 + random.below(400))
      func activity(_ amount: Int64) -> TierActivity {
        TierActivity(
          purchasedAt: at,
          amounts: TierAmounts(spend: amount, visits: amount, points: amount, basePoints: amount))
      }
      events.append((at, activity(amount)))
      if returns, random.below(4) == 0 {
        let later = at.advanced(byMilliseconds: Int64(1 + random.below(100 * 24)) * 3_600_000)
        events.append((later, activity(-Int64(1 + random.below(Int(amount))))))
      }
    }
    return events.sorted { $0.0 < $1.0 }
  }

  @Test func aLifeLivedDayByDayEqualsItsReplay() {
    for seed in Self.seeds {
      var random = Dice(seed)
      let program = Self.program(Self.scheme(&random))
      let events = Self.life(&random, returns: true)
      let end = time("2023-01-01")
      var replay = TierState(memberId: "M-1", programId: "journey")
      var replayed: [TierChange] = []
      for (index, event) in events.enumerated() {
        replayed += replay.count(event.activity, occurredAt: event.at, cause: "\(index)", under: program)
      }
      replayed += replay.judge(upTo: end, under: program)
      var lived = TierState(memberId: "M-1", programId: "journey")
      var seen: [TierChange] = []
      var next = 0
      var today = time("2017-01-01")
      while today < end {
        today = today.advanced(byMilliseconds: 21_600_000)
        while next < events.count, events[next].at <= today {
          seen += lived.judge(upTo: events[next].at, under: program)
          seen += lived.count(
            events[next].activity, occurredAt: events[next].at, cause: "\(next)", under: program)
          next += 1
        }
        seen += lived.judge(upTo: today, under: program)
      }
      #expect(seen == replayed && lived.level == replay.level, "seed \(seed)")
      guard seen == replayed else { return }
    }
  }

  /// To-earned, without grace and returns, the level at the end is what the end's window earns: nothing else may
  /// matter.
  @Test func lateArrivalLeavesTheLevelThatAPlainRecomputationGives() {
    for seed in Self.seeds {
      var random = Dice(seed)
      var scheme = Self.scheme(&random)
      scheme.downgrade = .toEarned
      scheme.graceDays = 0
      let program = Self.program(scheme)
      let events = Self.life(&random, returns: false)
      let end = time("2020-01-01T12:00:00-05:00")
      var shuffled = events
      for index in shuffled.indices.reversed() { shuffled.swapAt(index, random.below(index + 1)) }
      // Each arrives at most as late as the end; the last one tells the state that time.
      var state = TierState(memberId: "M-1", programId: "journey")
      for (index, event) in shuffled.enumerated() {
        let arrives = index == shuffled.count - 1 ? end : event.at
        _ = state.count(event.activity, occurredAt: arrives, cause: "\(index)", under: program)
      }
      _ = state.judge(upTo: end, under: program)
      guard let expected = Self.plainLevel(events, at: end, scheme, program.calendar) else { continue }
      let level = state.level ?? "member"
      #expect(level == expected, "seed \(seed)")
      guard level == expected else { return }
    }
  }

  /// Nothing of the state machine: sums over the events themselves. nil where the past matters besides.
  private static func plainLevel(
    _ events: [(at: Instant, activity: TierActivity)], at end: Instant, _ scheme: TierScheme, _ calendar: ZoneCalendar
  ) -> String? {
    func sum(_ isCounted: (LocalDate) -> Bool) -> Int64 {
      events.reduce(0) { isCounted(calendar.day(of: $1.at)) ? $0 + $1.activity.amounts.spend : $0 }
    }
    let today = calendar.day(of: end)
    let metric: Int64
    switch scheme.window {
    case .anniversary, .validity: return nil
    case .lifetime: metric = sum { _ in true }
    case .rolling(let months): metric = sum { $0.adding(months: months) > today }
    case .calendarYear:
      let year = today.civil.year
      metric = max(sum { $0.civil.year == year }, sum { $0.civil.year == year - 1 })
    case .calendarQuarter:
      func quarter(_ day: LocalDate) -> Int { 4 * day.civil.year + (day.civil.month - 1) / 3 }
      let running = quarter(today)
      metric = max(sum { quarter($0) == running }, sum { quarter($0) == running - 1 })
    }
    return scheme.levels.last { $0.from <= metric }?.id ?? "none"
  }
}

/// A linear congruential generator: the same numbers from a seed everywhere.
private struct Dice {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
