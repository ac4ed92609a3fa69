import Contracts
import Loyalty
import Notifier
import StreamRuntime
import TestValues
import Testing

/// What members are told ahead: once, on its day, and only what there still is.
@Suite(.timeLimit(.minutes(10))) struct AheadTests {
  static let programme = Mailroom.asking(for: [.pointsExpiring, .tierEnding])
    .replacing(
      #""messages":{"#,
      with: #"""
        "messages":{"templates":{"points-expiring":{"daysAhead":14,"gatherDays":7},"tier-ending":{"daysAhead":30}},
        """#)

  func withMailroom(_ programme: String = AheadTests.programme, _ body: (Mailroom) throws -> Void) throws {
    let room = try Mailroom(clock: .wall, programmes: [programme])
    defer { room.close() }
    try room.join()
    try body(room)
  }

  // MARK: Points

  @Test func pointsAreToldSoManyDaysAheadAtNine() throws {
    try withMailroom { room in
      room.state(expiring: [(50, "2017-04-01T00:00:00Z")])
      try room.run()
      // The last whole day is 31 March, 14 days before it 17 March.
      room.pass(until: "2017-03-17T08:59:59Z")
      try room.run()
      #expect(try room.outcomes().isEmpty)
      room.pass(seconds: 1)
      try room.run()
      let mail = try #require(room.post.mails.first)
      #expect(mail.subject == "50 points will expire soon")
      #expect(mail.body.contains("You can use them until 31 March 2017."))
      #expect(try room.outcomes() == ["points-expiring email sent 1"])
    }
  }

  @Test func lotsOfTheDaysShareAMessageAndLaterOnesHaveTheirOwn() throws {
    try withMailroom { room in
      room.state(expiring: [
        (50, "2017-04-01T00:00:00Z"), (20, "2017-04-03T00:00:00Z"), (7, "2017-04-08T00:00:00Z"),
        (9, "2017-04-09T00:00:00Z"),
      ])
      room.pass(until: "2017-03-17T09:00:00Z")
      try room.run()
      #expect(room.post.mails.map(\.subject) == ["77 points will expire soon"])
      #expect(
        room.post.mails[0].body.contains("the first of them until 31 March 2017, and the last until 7 April 2017."))
      room.pass(until: "2017-03-25T09:00:00Z")
      try room.run()
      #expect(room.post.mails.map(\.subject) == ["77 points will expire soon", "9 points will expire soon"])
    }
  }

  @Test func eachIsToldOnceThoughStatementsComeAgainAndDisksAreLost() throws {
    try withMailroom { room in
      for points in [50, 40, 50] as [Points] {
        room.state(expiring: [(points, "2017-04-01T00:00:00Z")])
        room.pass(until: "2017-03-17T09:00:00Z")
        try room.run()
        try room.crash(losingDisk: true)
        try room.run()
        room.pass(seconds: 86_400)
        try room.run()
      }
      #expect(try room.outcomes() == ["points-expiring email sent 1"])
    }
  }

  @Test func outlookOutlivesALostDisk() throws {
    try withMailroom { room in
      room.state(expiring: [(50, "2017-04-01T00:00:00Z")])
      try room.run()
      try room.crash(losingDisk: true)
      room.pass(until: "2017-03-17T09:00:00Z")
      try room.run()
      #expect(room.post.mails.map(\.subject) == ["50 points will expire soon"])
    }
  }

  @Test func pointsThatAreSpentOrGoneAreNotTold() throws {
    try withMailroom { room in
      room.state(expiring: [(50, "2017-04-01T00:00:00Z")])
      try room.run()
      room.state(expiring: [])
      room.pass(until: "2017-03-17T09:00:00Z")
      try room.run()
      #expect(try room.outcomes().isEmpty && room.driver.rows(of: "outlooks").isEmpty)
    }
    try withMailroom { room in
      room.state(expiring: [(50, "2017-04-01T00:00:00Z")])
      try room.run()
      room.pass(until: "2017-04-01T00:00:00Z")
      try room.run()
      #expect(try room.outcomes().isEmpty && room.driver.rows(of: "outlooks").isEmpty)
    }
  }

  @Test func messageThatWaitsSaysWhatIsLeft() throws {
    for (left, outcomes) in [(30, "sent 1"), (nil, "suppressed no-points 0")] as [(Points?, String)] {
      let quiet = #""messages":{"service":{"email":{"quiet":{"from":"08:00","to":"10:00"}}},"#
      try withMailroom(Self.programme.replacing(#""messages":{"#, with: quiet)) { room in
        room.state(expiring: [(50, "2017-04-01T00:00:00Z")])
        room.pass(until: "2017-03-17T09:00:00Z")
        try room.run()
        #expect(try room.outcomes().isEmpty && room.messageRows() == 1)
        room.state(expiring: left.map { [($0, "2017-04-01T00:00:00Z")] } ?? [])
        try room.run()
        room.pass(until: "2017-03-17T10:00:00Z")
        try room.run()
        #expect(try room.outcomes() == ["points-expiring email \(outcomes)"])
        #expect(room.post.mails.map(\.subject) == (left == nil ? [] : ["30 points will expire soon"]))
      }
    }
  }

  @Test func accountOnHoldIsToldOnceItIsFree() throws {
    try withMailroom { room in
      room.state(expiring: [(50, "2017-04-01T00:00:00Z")], status: .frozen)
      room.pass(until: "2017-03-18T09:00:00Z")
      try room.run()
      #expect(try room.outcomes().isEmpty)
      room.state(expiring: [(50, "2017-04-01T00:00:00Z")])
      try room.run()
      #expect(try room.outcomes() == ["points-expiring email sent 1"])
    }
  }

  /// Who owns an account that stands still is told as well.
  @Test func programmeThatBeginsToAskReachesAccountsWithinADay() throws {
    try withMailroom(Mailroom.programme) { room in
      room.state(expiring: [(50, "2017-04-01T00:00:00Z")])
      room.pass(until: "2017-03-20T12:00:00Z")
      try room.run()
      #expect(try room.outcomes().isEmpty)
      room.publish(Self.programme)
      room.pass(seconds: 86_400)
      try room.run()
      #expect(try room.outcomes() == ["points-expiring email sent 1"])
    }
  }

  @Test func memberWhoDoesNotWantItIsNotTold() throws {
    try withMailroom { room in
      room.say(Preference(.email, .expiry, isWanted: false))
      room.state(expiring: [(50, "2017-04-01T00:00:00Z")])
      room.pass(until: "2017-03-17T09:00:00Z")
      try room.run()
      #expect(try room.outcomes() == ["points-expiring email suppressed preference-off 0"])
    }
  }

  @Test func erasureTakesTheOutlook() throws {
    try withMailroom { room in
      room.state(expiring: [(50, "2017-04-01T00:00:00Z")])
      try room.run()
      #expect(room.driver.rows(of: "outlooks").count == 1)
      room.erase()
      room.pass(until: "2017-03-17T09:00:00Z")
      try room.run()
      #expect(try room.driver.rows(of: "outlooks").isEmpty && room.outcomes().isEmpty)
    }
  }

  @Test func statementThatChangesNothingAheadWritesNothing() throws {
    try withMailroom { room in
      room.state(expiring: [(50, "2017-04-01T00:00:00Z")])
      try room.run()
      let written = try room.driver.values(of: "notifier.outlooks.changelog") { _ in 1 }.count
      for _ in 0..<5 { room.state(expiring: [(50, "2017-04-01T00:00:00Z")]) }
      try room.run()
      #expect(try room.driver.values(of: "notifier.outlooks.changelog") { _ in 1 }.count == written && written == 1)
    }
  }

  // MARK: Levels

  @Test func endOfALevelIsToldWithWhatIsMissing() throws {
    try withMailroom { room in
      room.state(level: room.gold(until: "2017-07-01T00:00:00Z", counted: "880"))
      try room.run()
      room.pass(until: "2017-05-31T08:59:59Z")
      try room.run()
      #expect(try room.outcomes().isEmpty)
      room.pass(seconds: 1)
      try room.run()
      let mail = try #require(room.post.mails.first)
      #expect(mail.subject == "Your Gold tier is about to end")
      #expect(
        mail.body.contains("You hold your Gold tier until 30 June 2017.\n\nSpend 120 USD more by then to keep it."))
      room.state(level: room.gold(until: "2017-07-01T00:00:00Z", counted: "900"))
      room.pass(seconds: 86_400)
      try room.run()
      #expect(try room.outcomes() == ["tier-ending email sent 1"])
    }
  }

  @Test func whoKeepsTheLevelIsNotToldUnlessAReturnEndsThat() throws {
    try withMailroom { room in
      room.state(level: room.gold(until: "2017-07-01T00:00:00Z", counted: "1000"))
      room.pass(until: "2017-06-10T09:00:00Z")
      try room.run()
      #expect(try room.outcomes().isEmpty)
      room.state(level: room.gold(until: "2017-07-01T00:00:00Z", counted: "999.5"))
      try room.run()
      #expect(try room.outcomes() == ["tier-ending email sent 1"])
      #expect(try #require(room.post.mails.first).body.contains("Spend 1 USD more"))
    }
  }

  @Test func whatLeavesTheWindowBeforeIsMissing() throws {
    try withMailroom { room in
      var standing = room.gold(until: "2017-07-01T00:00:00Z", counted: "1000")
      standing.progress?.leaves = [
        .init(at: time("2017-06-30T00:00:00Z"), amount: ExactDecimal(300)),
        .init(at: time("2017-08-01T00:00:00Z"), amount: ExactDecimal(700)),
      ]
      room.state(level: standing)
      room.pass(until: "2017-06-10T09:00:00Z")
      try room.run()
      #expect(try #require(room.post.mails.first).body.contains("Spend 300 USD more"))
    }
  }

  // MARK: Welcome

  @Test func welcomeWaitsForTheFirstProgramme() throws {
    let room = try Mailroom(clock: .wall, programmes: [])
    defer { room.close() }
    try room.enrol(joinedAt: Mailroom.now)
    try room.run()
    #expect(room.driver.rows(of: "outlooks").count == 1)
    room.publish(Mailroom.asking(for: [.welcome]))
    try room.crash(losingDisk: true)
    room.pass(seconds: 300)
    try room.run()
    #expect(room.post.mails.map(\.subject) == ["Welcome to Journey Rewards"])
    room.pass(seconds: 3_600)
    try room.run()
    #expect(try room.outcomes() == ["welcome email sent 1"] && room.driver.rows(of: "outlooks").isEmpty)
  }

  @Test func welcomeThatWaitsTooLongIsForgotten() throws {
    let room = try Mailroom(clock: .wall, programmes: [])
    defer { room.close() }
    try room.enrol(joinedAt: Mailroom.now)
    room.pass(seconds: 60 * 86_400)
    try room.run()
    room.publish(Mailroom.asking(for: [.welcome]))
    room.pass(seconds: 3_600)
    try room.run()
    #expect(try room.outcomes().isEmpty && room.driver.rows(of: "outlooks").isEmpty)
  }
}

extension Mailroom {
  /// The account of M-1 as it stands now.
  fileprivate func state(
    expiring: [(points: Points, at: String)] = [], level: TierStanding? = nil, status: Standing.Name = .active
  ) {
    let total = expiring.reduce(0 as Points) { $0 + $1.points }
    let statement = AccountStatement(
      memberId: "M-1", programId: "journey", sequence: 1, status: status, balances: Balances(available: total),
      expiries: expiring.map { Due(at: time($0.at), points: $0.points) }, tier: level, totals: LedgerTotals(),
      asOf: Instant(milliseconds: driver.wall.nowMs))
    driver.publish(
      Topic.accounts.name, key: RecordKey.memberProgram("M-1", "journey"), value: json { statement.encode(to: &$0) })
  }

  fileprivate func gold(until: String, counted: String) -> TierStanding {
    let now = Instant(milliseconds: driver.wall.nowMs)
    return TierStanding(
      level: "gold", since: time("2016-07-01"), until: time(until), measures: .spend,
      metric: ExactDecimal(counted) ?? .zero, next: nil, asOf: now,
      progress: TierProgress(asOf: now, counted: ExactDecimal(counted) ?? .zero))
  }

  fileprivate func pass(until instant: String) {
    pass(seconds: max(0, (time(instant).milliseconds - driver.wall.nowMs) / 1_000))
  }
}
