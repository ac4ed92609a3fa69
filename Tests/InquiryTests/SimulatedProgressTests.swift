import Contracts
import Inquiry
import JSON
import Loyalty
import StreamTesting
import Testing

/// What a simulation promises of the next level is what the booking gives, however long ago the member's last event
/// was.
@Suite(.timeLimit(.minutes(10))) struct SimulatedProgressTests {
  private static let windows = [
    #"{"kind":"lifetime"}"#, #"{"kind":"calendar-year"}"#, #"{"kind":"rolling","months":12}"#,
    #"{"kind":"rolling","months":2}"#, #"{"kind":"anniversary"}"#,
  ]

  private func moment(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

  private func program(_ window: String) throws -> Program {
    let text = """
      {"id":"shop","version":1,"effectiveFrom":"2016-01-01T00:00:00Z","name":"Shop","status":"active",\
      "currencies":["USD"],"timeZone":"America/New_York","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}],
      "tiers":{"metric":"spend","window":\(window),
       "levels":[{"id":"member","from":"0"},{"id":"silver","from":"300"},{"id":"gold","from":"1000"}]}}
      """
    return try ProgramDocument.decode(Array(text.utf8))
  }

  private func purchase(_ cents: Int64, at instant: Instant) throws -> Transaction {
    Transaction(
      id: "S", source: "till", kind: .purchase, memberId: "M-7", occurredAt: instant,
      currency: try #require(Currency.known("USD")), lines: [PurchaseLine(sku: "A", amount: cents)])
  }

  private func count(_ cents: Int64, _ state: inout TierState, at instant: Instant, _ program: Program) -> [TierChange]
  {
    let activity = TierActivity(purchasedAt: instant, spend: cents, visits: 1)
    return state.count(activity, occurredAt: instant, cause: "P", under: program)
  }

  /// The member as their published account tells them, by the reader's own coding.
  private func past(_ state: TierState, _ program: Program, at instant: Instant) throws -> MemberPast {
    var account = Account(memberId: "M-7", programId: "shop")
    account.clock = state.clock
    if let told = state.progress(cause: "P", under: program) { _ = account.note(told.standing) }
    var writer = JSONWriter()
    account.statement.encode(to: &writer)
    let statement = try writer.bytes.withUnsafeBytes { try AccountStatement(decoding: $0) }
    return try MemberPast(statement, traits: nil, under: program, at: instant)
  }

  @Test func whatHasLeftTheWindowLiftsNobody() throws {
    let program = try program(Self.windows[2])
    var state = TierState(memberId: "M-7", programId: "shop")
    _ = count(25_000, &state, at: try moment("2018-05-10T12:00:00Z"), program)
    for (day, reached, missing) in [("2019-05-09", "silver", 69_000), ("2019-07-01", nil, 24_000)] {
      let at = try moment(day + "T12:00:00Z")
      let simulation = PurchaseSimulation(
        program: program, purchase: try purchase(6_000, at: at), member: try past(state, program, at: at))
      let standing = try #require(simulation.standing(after: simulation.award))
      #expect(standing.reached == reached)
      #expect(standing.next?.missing == ExactDecimal(minorUnits: Int64(missing), exponent: 2))
    }
  }

  @Test(arguments: windows, 0..<20 as Range<UInt64>)
  func aSimulationPromisesWhatTheBookingGives(window: String, seed: UInt64) throws {
    let program = try program(window)
    let random = SeededRandom(seed)
    var state = TierState(memberId: "M-7", programId: "shop")
    var now = try moment("2016-11-01T00:00:00Z")
    for _ in 0..<random.within(2...30) {
      now = now.advanced(byMilliseconds: Int64(random.below(40 * 24)) * Instant.hourMs)
      _ = count(Int64(random.within(100...20_000)), &state, at: now, program)
      let later = now.advanced(byMilliseconds: Int64(random.below(500)) * Instant.dayMs)
      let bought = try purchase(Int64(random.within(100...40_000)), at: later)
      var booked = state
      _ = booked.judge(upTo: later, under: program)
      var member = try past(state, program, at: later)
      member.level = booked.level
      let simulation = PurchaseSimulation(program: program, purchase: bought, member: member)
      let standing = try #require(simulation.standing(after: simulation.award))
      let changes = count(simulation.spend, &booked, at: later, program)
      #expect(standing.reached == changes.last { $0.reason == .upgrade }?.level, "\(later.rfc3339)")
      #expect(standing.next == booked.progress(cause: "P", under: program)?.next, "\(later.rfc3339)")
    }
  }

  @Test func whatAnEarlierReleaseToldIsOverWithTheWindowAtTheLatest() throws {
    let asOf = try moment("2018-05-10T12:00:00Z")
    let next = NextTier(level: "silver", from: ExactDecimal(300), missing: ExactDecimal(50))
    // After a judgement the metric is what was judged; what counts is what is missing from the next level's threshold.
    let told = TierStanding(
      level: "member", since: nil, until: nil, measures: .spend, metric: ExactDecimal(900), next: next, asOf: asOf)
    let expected: [(String, [Int64])] = [
      (Self.windows[0], [250, 250, 250]), (Self.windows[1], [250, 250, 0]), (Self.windows[2], [250, 250, 250]),
      (Self.windows[3], [250, 0, 0]), (Self.windows[4], [250, 250, 250]),
    ]
    for (window, counted) in expected {
      let program = try program(window)
      let scheme = try #require(program.tiers)
      let days = ["2018-05-11T12:00:00Z", "2018-07-10T04:00:00Z", "2019-05-09T12:00:00Z"]
      let read = try days.map { told.counted(at: try moment($0), over: scheme.window, program.calendar) }
      #expect(read == counted.map { ExactDecimal($0) }, "\(window)")
    }
  }
}
