import Contracts
import Loyalty
import Notifier
import StreamRuntime
import TestValues
import Testing

/// What members are told where their programme asks for it: each once, and otherwise not at all.
@Suite(.timeLimit(.minutes(10))) struct NoticeTests {
  static let asked = Template.allCases.filter(\.isAskedFor)

  func withMailroom(_ programme: String = Mailroom.asking(for: NoticeTests.asked), _ body: (Mailroom) throws -> Void)
    throws
  {
    let mailroom = try Mailroom(programmes: [programme])
    defer { mailroom.close() }
    try mailroom.join()
    try body(mailroom)
  }

  /// Everything that there is to ask for, once each.
  func happen(_ room: Mailroom) {
    room.book(.pointsReversed, [10], cause: "R-1", purchase: "pos:P-1")
    room.book(.pointsAdjusted, [20], cause: "A-1", to: .memberAvailable)
    room.book(.pointsReleased, [30], cause: "pos:P-1", source: nil, to: .memberAvailable)
    room.judge("member", from: "gold", .downgrade)
    room.judge("gold", from: "gold", .kept, until: "2018-03-01", since: "2016-03-01")
    for (type, cause) in [(EntryType.memberFrozen, "F-1"), (.memberUnfrozen, "F-2"), (.memberClosed, "F-3")] {
      room.book(type, [0], cause: cause)
    }
  }

  @Test func programmeThatAsksForNothingHasNothingTold() throws {
    for programme in [Mailroom.programme, Mailroom.asking(for: [])] {
      let room = try Mailroom(programmes: [programme])
      defer { room.close() }
      try room.enrol(joinedAt: Mailroom.now)
      happen(room)
      try room.run()
      #expect(try room.post.sent.isEmpty && room.outcomes().isEmpty && room.messageRows() == 0)
    }
  }

  @Test(arguments: NoticeTests.asked.filter { ![.welcome, .pointsExpiring, .tierEnding].contains($0) })
  func eachIsToldWhereItIsAskedForAndOnce(
    _ template: Template
  ) throws {
    try withMailroom(Mailroom.asking(for: [template])) { room in
      for _ in 0..<2 {
        happen(room)
        try room.run()
      }
      #expect(try room.outcomes() == ["\(template.rawValue) email sent 1"])
      try room.crash(losingDisk: true)
      happen(room)
      try room.run()
      #expect(room.post.mails.count == 1)
    }
  }

  @Test func memberWhoDoesNotWantItIsNotTold() throws {
    try withMailroom { room in
      room.say(Preference(.email, .tier, isWanted: false))
      try room.run()
      happen(room)
      try room.run()
      let outcomes = try room.outcomes()
      #expect(outcomes.count { $0.hasSuffix("sent 1") } == 6)
      #expect(outcomes.contains("tier-lost email suppressed preference-off 0"))
      #expect(outcomes.contains("tier-kept email suppressed preference-off 0"))
    }
  }

  // MARK: Points

  @Test func returnIsToldWithAllItTookBack() throws {
    try withMailroom { room in
      room.book(.pointsReversed, [30, 12], cause: "R-1", purchase: "pos:P-1", available: 5)
      try room.run()
      let mail = try #require(room.post.mails.first)
      #expect(room.post.mails.count == 1 && mail.subject == "42 points taken back after a return")
      #expect(mail.body.contains("You now have 5 points ready to use."))
    }
  }

  @Test func bonusThatAReturnCostsIsToldBesideIt() throws {
    try withMailroom { room in
      room.book(.pointsReversed, [30], cause: "R-1", purchase: "pos:P-1")
      room.book(.pointsReversed, [7], cause: "R-1", purchase: "pos:P-0")
      try room.run()
      #expect(
        room.post.mails.map(\.subject).sorted()
          == ["30 points taken back after a return", "7 points taken back after a return"])
    }
  }

  @Test func correctedAwardIsNoReturn() throws {
    try withMailroom { room in
      room.book(.pointsCorrected, [5], cause: "P-1", purchase: "pos:P-1", of: 2)
      room.book(.pointsReversed, [3], cause: "P-1", purchase: "pos:P-1", entry: 2, of: 2)
      try room.run()
      #expect(try room.outcomes().isEmpty && room.messageRows() == 0)
    }
  }

  @Test func returnThatFoundNothingIsNoNews() throws {
    try withMailroom { room in
      room.book(.pointsReversed, [0], cause: "R-1", purchase: "pos:P-1")
      try room.run()
      #expect(try room.outcomes() == ["points-taken-back email suppressed no-points 0"])
    }
  }

  @Test func adjustmentSaysWhichWay() throws {
    try withMailroom { room in
      room.book(.pointsAdjusted, [100], cause: "A-1", to: .memberAvailable)
      room.book(.pointsAdjusted, [40, 1], cause: "A-2", to: .programAdjusted, available: -1)
      try room.run()
      #expect(
        room.post.mails.map(\.subject).sorted()
          == ["100 points were added to your account", "41 points were deducted from your account"])
      let deducted = try #require(room.post.mails.first { $0.subject.hasPrefix("41") })
      #expect(deducted.body.contains("Your account is 1 point below zero."))
    }
  }

  @Test func releaseSaysUntilWhen() throws {
    try withMailroom { room in
      room.book(
        .pointsReleased, [90], cause: "pos:P-1", source: nil, to: .memberAvailable, available: 90,
        expiresAt: "2017-09-01T00:00:00Z")
      // The same lot, filled again.
      room.book(
        .pointsReleased, [1], cause: "pos:P-1", source: nil, to: .memberAvailable, available: 0,
        expiresAt: "2017-09-01T00:00:00Z", at: "2017-03-01T12:00:01Z")
      try room.run()
      let mails = room.post.mails
      let first = try #require(mails.first { $0.subject == "90 pending points added to your balance" })
      #expect(mails.count == 2 && first.body.contains("You can use them until 31 August 2017."))
      // They went into what the account was short of.
      #expect(mails.contains { $0.subject.hasPrefix("1 pending point ") && !$0.body.contains("You can use") })
    }
  }

  // MARK: Levels

  @Test func lostAndKeptLevelsAreNamed() throws {
    try withMailroom { room in
      room.judge("member", from: "gold", .downgrade)
      room.judge("gold", from: "gold", .kept, until: "2018-03-01", since: "2016-03-01")
      try room.run()
      let bodies = room.post.mails.map(\.body)
      #expect(bodies.contains { $0.contains("Your Gold tier has ended. Your tier is now Member.") })
      #expect(bodies.contains { $0.contains("You keep your Gold tier, at least until 28 February 2018.") })
    }
  }

  @Test func levelThatEachPurchaseKeepsIsNoNewsNorIsWhatAnOperatorSets() throws {
    try withMailroom { room in
      room.judge("gold", from: "gold", .kept)
      room.judge("member", from: "gold", .manual, since: "2017-02-28")
      try room.run()
      #expect(try room.outcomes().isEmpty)
    }
  }

  // MARK: Accounts

  /// What an unfrozen account has released at once belongs to the same booking.
  @Test func standingIsToldByItself() throws {
    try withMailroom { room in
      room.book(.memberUnfrozen, [0], cause: "F-2", of: 3)
      room.book(.pointsReleased, [30], cause: "F-2", to: .memberAvailable, entry: 2, of: 3)
      room.book(.pointsExpired, [30], cause: "F-2", entry: 3, of: 3)
      try room.run()
      #expect(try room.outcomes() == ["account-unfrozen email sent 1"])
      #expect(room.post.mails.map(\.subject) == ["Your account is no longer on hold"])
    }
  }

  @Test func whoJoinsIsWelcomedOnce() throws {
    let room = try Mailroom(programmes: [Mailroom.asking(for: [.welcome])])
    defer { room.close() }
    for second in 0..<3 { try room.enrol(joinedAt: Mailroom.now, at: "2017-03-01T12:00:0\(second)Z") }
    try room.run()
    #expect(room.post.mails.map(\.subject) == ["Welcome to Journey Rewards"])
    try room.crash(losingDisk: true)
    try room.enrol(joinedAt: Mailroom.now)
    try room.run()
    #expect(try room.outcomes() == ["welcome email sent 1"])
  }

  @Test func whoJoinedBeforeOrWasMergedIsNotWelcomed() throws {
    let room = try Mailroom(programmes: [Mailroom.asking(for: [.welcome])])
    defer { room.close() }
    try room.enrol("M-1", joinedAt: "2017-01-01")
    try room.enrol("M-2", joinedAt: nil)
    try room.enrol("M-3", joinedAt: Mailroom.now, mergedInto: "M-1")
    try room.run()
    #expect(try room.post.sent.isEmpty && room.outcomes().isEmpty)
    try room.enrol("M-4", joinedAt: Mailroom.now, agreesTo: [])
    try room.run()
    #expect(try room.outcomes() == ["welcome email suppressed no-consent 0"])
  }

  @Test func programmeThatComesLateIsAskedBeforeTheMessageGoes() throws {
    for asked in [[], [Template.accountFrozen]] as [[Template]] {
      let room = try Mailroom(programmes: [])
      defer { room.close() }
      try room.join()
      room.book(.memberFrozen, [0], cause: "F-1")
      try room.run()
      #expect(room.post.sent.isEmpty && room.messageRows() == 1)
      room.publish(Mailroom.asking(for: asked))
      room.pass(seconds: 3_600)
      try room.run()
      #expect(room.post.mails.count == asked.count)
      #expect(room.messageRows() == asked.count)
    }
  }
}
