import Foundation
import Loyalty
import Messages
import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct WordingTests {
  let calendar = ZoneCalendar(identifier: "Asia/Ho_Chi_Minh")!

  func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

  func facts(
    _ news: News, factor: ExactDecimal = .one, name: String? = "Lan", program: String = "Quà Tặng Sen"
  ) throws -> MessageFacts {
    var facts = MessageFacts(
      news: news, programName: program, memberName: name, calendar: calendar,
      occurredAt: try instant("2026-11-22T06:04:41Z"))
    facts.factor = factor
    return facts
  }

  func earned(
    _ points: Points = 1_234, available: Points = 1_234_567, status: Standing.Name = .active, byPurchase: Bool = true,
    pendingUntil: String? = nil, expiresAt: String? = nil, program: String = "Quà Tặng Sen"
  ) throws -> MessageFacts {
    let terms = EarnedPoints.Terms(
      arePending: pendingUntil != nil, pendingUntil: try pendingUntil.map(instant),
      expiresAt: try expiresAt.map(instant))
    let earned = EarnedPoints(
      points: points, after: AccountAfter(available: available, status: status), byPurchase: byPurchase, terms: terms)
    return try facts(.pointsEarned(earned), program: program)
  }

  /// Usable from the 6th (18:30 UTC of the 5th is the next day in Vietnam), gone at 0:00 of 1 June.
  func pending(program: String = "Quà Tặng Sen") throws -> MessageFacts {
    try earned(pendingUntil: "2026-12-05T18:30:00Z", expiresAt: "2027-05-31T17:00:00Z", program: program)
  }

  func plain(_ wording: Wording) -> String { SMSText(wording.sms, .plain).text }

  @Test func pointsEarnedInVietnamese() throws {
    let wording = Language.vietnamese.write(try pending())
    #expect(wording.subject == "Bạn vừa nhận được 1.234 điểm")
    #expect(
      wording.body == """
        Chào Lan,

        Cảm ơn bạn đã mua sắm cùng chúng tôi. Bạn vừa nhận được 1.234 điểm.

        Bạn có thể dùng số điểm này từ ngày 06/12/2026 đến hết ngày 31/05/2027.

        Hiện bạn có 1.234.567 điểm có thể sử dụng.

        Hẹn gặp lại bạn,
        Quà Tặng Sen

        """)
    #expect(
      plain(wording)
        == "Qua Tang Sen: ban vua nhan 1.234 diem, dung duoc tu 06/12/2026 den het ngay 31/05/2027. "
        + "Diem dung duoc: 1.234.567.")
  }

  @Test func pointsEarnedInEnglish() throws {
    let wording = Language.english.write(try pending(program: "Journey Rewards"))
    #expect(wording.subject == "You earned 1,234 points")
    #expect(
      wording.body == """
        Hello Lan,

        Thank you for shopping with us. You have just earned 1,234 points.

        They can be used from 6 December 2026 until 31 May 2027.

        You now have 1,234,567 points ready to use.

        See you soon,
        Journey Rewards

        """)
    #expect(
      wording.sms
        == "Journey Rewards: you earned 1,234 points, usable from 6 December 2026 until 31 May 2027. "
        + "Ready to use: 1,234,567.")
  }

  @Test func onePointThatNeverExpiresReadsNaturally() throws {
    var one = try earned(1, available: 1)
    one.memberName = nil
    let english = Language.english.write(one)
    #expect(english.subject == "You earned 1 point")
    #expect(english.body.hasPrefix("Hello,\n\n") && english.body.contains("\n\nIt can be used right away.\n\n"))
    let vietnamese = Language.vietnamese.write(one)
    #expect(vietnamese.body.hasPrefix("Chào bạn,\n\n"))
    #expect(vietnamese.body.contains("\n\nBạn có thể dùng ngay số điểm này.\n\n"))
  }

  // MARK: Ends

  /// 17:00 UTC is 0:00 of the next day in Vietnam.
  @Test(arguments: [
    ("2026-11-30T17:00:00Z", "30 November 2026", "hết ngày 30/11/2026"),
    ("2026-11-30T16:59:59.999Z", "29 November 2026", "hết ngày 29/11/2026"),
    ("2026-12-01T05:00:00Z", "30 November 2026", "hết ngày 30/11/2026"),
    ("2028-02-29T17:00:00Z", "29 February 2028", "hết ngày 29/02/2028"),
  ])
  func whatIsGoneAtAnInstantIsToldUntilItsLastWholeDay(_ end: String, _ english: String, _ vietnamese: String) throws {
    let points = try earned(expiresAt: end)
    #expect(Language.english.write(points).body.contains("right away, until \(english).\n"))
    #expect(Language.english.write(points).sms.contains(", usable until \(english)."))
    #expect(Language.vietnamese.write(points).body.contains(", đến \(vietnamese).\n"))
    #expect(Language.vietnamese.write(points).sms.contains(", dùng được đến \(vietnamese)."))
    let tier = try facts(.tierReached(level: "gold", heldUntil: try instant(end)))
    #expect(Language.english.write(tier).body.contains("at least until \(english).\n"))
    #expect(Language.english.write(tier).sms.contains("at least until \(english)."))
    #expect(Language.vietnamese.write(tier).body.contains("ít nhất đến \(vietnamese).\n"))
    #expect(Language.vietnamese.write(tier).sms.contains("ít nhất đến \(vietnamese)."))
  }

  @Test func whatLastsNoWholeDayIsToldToTheMinute() throws {
    let points = try earned(pendingUntil: "2026-11-29T20:00:00Z", expiresAt: "2026-11-30T09:05:59Z")
    #expect(Language.english.write(points).body.contains("from 30 November 2026 until 16:05 on 30 November 2026."))
    #expect(Language.vietnamese.write(points).body.contains("từ ngày 30/11/2026 đến 16:05 30/11/2026."))
  }

  // MARK: What was booked

  @Test func whatIsNoPurchaseIsNoShopping() throws {
    let welcome = try earned(100, byPurchase: false)
    #expect(Language.english.write(welcome).body.hasPrefix("Hello Lan,\n\nYou have just earned 100 points.\n\n"))
    #expect(Language.vietnamese.write(welcome).body.hasPrefix("Chào Lan,\n\nBạn vừa nhận được 100 điểm.\n\n"))
  }

  @Test func nothingCanBeUsedOnAnAccountThatIsFrozenOrClosed() throws {
    for facts in [
      try earned(status: .frozen, expiresAt: "2027-05-31T17:00:00Z"),
      try earned(status: .frozen, pendingUntil: "2026-12-05T18:30:00Z"),
      try facts(.pointsReceived(points: 5, after: AccountAfter(available: 40, status: .frozen))),
      try facts(.pointsCameBack(points: 5, after: AccountAfter(available: 40, status: .frozen))),
    ] {
      let english = Language.english.write(facts)
      #expect(english.body.contains("Your account is on hold at the moment."))
      #expect(english.sms.hasSuffix(" Your account is on hold."))
      let vietnamese = Language.vietnamese.write(facts)
      #expect(vietnamese.body.contains("Tài khoản của bạn đang tạm khóa."))
      #expect(vietnamese.sms.hasSuffix(" Tài khoản đang tạm khóa."))
      for text in [english.body, english.sms] {
        #expect(!["right away", "can be used from", "ready to use", "Ready"].contains { text.contains($0) }, "\(text)")
      }
      for text in [vietnamese.body, vietnamese.sms] {
        #expect(!["dùng ngay", "từ ngày", "có thể sử dụng", "dùng được"].contains { text.contains($0) }, "\(text)")
      }
    }
    let closed = try earned(status: .closed, expiresAt: "2027-05-31T17:00:00Z")
    #expect(
      Language.english.write(closed).body.contains("\n\nYour account is closed, so points can no longer be used.\n"))
    #expect(!Language.english.write(closed).body.contains("right away"))
    #expect(Language.vietnamese.write(closed).sms.hasSuffix(" Tài khoản đã đóng."))
  }

  @Test func pointsThatAreHeldBackAreNotSaidToBeUsable() throws {
    var held = try earned()
    held.news = .pointsEarned(
      EarnedPoints(points: 5, after: AccountAfter(available: 0), byPurchase: true, terms: .init(arePending: true)))
    #expect(!Language.english.write(held).body.contains("can be used"))
    // As an earlier release has begun it.
    held.news = .pointsEarned(
      EarnedPoints(points: 5, after: AccountAfter(available: 0), byPurchase: false, terms: nil))
    #expect(!Language.english.write(held).body.contains("can be used"))
    #expect(!Language.vietnamese.write(held).body.contains("có thể dùng"))
  }

  @Test func whoeverOwesIsNotToldOfPointsToUse() throws {
    let all = try earned(1, available: -1_999)
    let english = Language.english.write(all)
    #expect(english.body.contains("\n\nIt made up for what your account was short of.\n\n"))
    #expect(
      english.body.contains("Your account is 1,999 points below zero. What you earn next makes up for that first."))
    #expect(english.sms.hasSuffix(" Your account is 1,999 points below zero."))
    let vietnamese = Language.vietnamese.write(all)
    #expect(vietnamese.body.contains("Số điểm này đã được dùng để bù phần điểm âm trong tài khoản của bạn."))
    #expect(vietnamese.body.contains("Tài khoản của bạn đang âm 1.999 điểm."))
    for text in [english.body, english.sms, vietnamese.body, vietnamese.sms] {
      #expect(!text.contains("-") && !text.contains("−") && !text.contains("ready to use"), "\(text)")
    }
    let exactly = Language.english.write(try earned(40, available: 0))
    #expect(exactly.body.contains("They made up for what your account was short of.\n\nYou now have 0 points ready"))
    let part = try earned(100, available: 60, expiresAt: "2027-05-31T17:00:00Z")
    #expect(
      Language.english.write(part).body.contains(
        "40 of them made up for what your account was short of; the rest can be used right away, until 31 May 2027."))
    #expect(
      Language.vietnamese.write(part).body.contains(
        "Trong đó, 40 điểm đã được dùng để bù phần điểm âm trong tài khoản của bạn; "
          + "bạn có thể dùng ngay số điểm còn lại, đến hết ngày 31/05/2027."))
    let later = Language.english.write(try earned(available: -5, status: .active, pendingUntil: "2026-12-05T18:30:00Z"))
    #expect(later.body.contains("can be used from 6 December 2026.") && later.body.contains("5 points below zero"))
  }

  @Test func pointsRedeemedNamesWhatIsLeft() throws {
    let used = News.pointsRedeemed(points: 500, after: AccountAfter(available: 20))
    let english = Language.english.write(try facts(used))
    #expect(english.subject == "You used 500 points")
    #expect(english.body.contains("You have just used 500 points.\n\nYou have 20 points left to use."))
    let vietnamese = Language.vietnamese.write(try facts(used))
    #expect(vietnamese.subject == "Bạn vừa dùng 500 điểm")
    #expect(plain(vietnamese).hasPrefix("Qua Tang Sen: ban vua dung 500 diem. Diem con lai: 20."))
  }

  @Test func pointsOfATransferReadNaturallyInBothLanguages() throws {
    let received = News.pointsReceived(points: 1_234, after: AccountAfter(available: 2_000))
    #expect(Language.vietnamese.write(try facts(received)).subject == "Bạn vừa được tặng 1.234 điểm")
    #expect(
      plain(Language.vietnamese.write(try facts(received)))
        == "Qua Tang Sen: ban vua duoc tang 1.234 diem. Diem dung duoc: 2.000.")
    #expect(
      Language.english.write(try facts(received)).body.contains("Another member has just given you 1,234 points."))
    let back = News.pointsCameBack(points: 1, after: AccountAfter(available: 5))
    #expect(
      Language.english.write(try facts(back)).body.contains("who cannot receive it. We have put it back for you."))
    #expect(Language.vietnamese.write(try facts(back)).subject == "1 điểm đã được hoàn lại cho bạn")
  }

  @Test func tierReachedNamesFactorAndTerm() throws {
    let factor = try #require(ExactDecimal("1.25"))
    let gold = try facts(
      .tierReached(level: "gold", heldUntil: try instant("2027-12-31T17:00:00Z")), factor: factor)
    let vietnamese = Language.vietnamese.write(gold)
    #expect(vietnamese.subject == "Chúc mừng bạn lên hạng Gold")
    #expect(
      vietnamese.body.contains(
        "Từ nay, điểm bạn tích lũy khi mua sắm được nhân 1,25. Bạn giữ hạng này ít nhất đến hết ngày 31/12/2027."))
    #expect(
      plain(vietnamese)
        == "Qua Tang Sen: chuc mung ban da dat hang Gold! Tu nay diem mua sam duoc nhan 1,25. "
        + "Giu hang it nhat den het ngay 31/12/2027.")
    let english = Language.english.write(gold)
    #expect(english.subject == "Welcome to Gold")
    #expect(english.body.contains("From now on your purchases earn 1.25 times the points."))
    let plain = News.tierReached(level: "silver", heldUntil: nil)
    #expect(!Language.english.write(try facts(plain)).body.contains("times"))
    #expect(!Language.english.write(try facts(plain)).body.contains("\n\n\n"))
  }

  @Test func everySMSIsOneGSMPart() throws {
    let program = "Journey Rewards"
    let gold = try facts(
      .tierReached(level: "platinum", heldUntil: try instant("2027-12-31T17:00:00Z")),
      factor: try #require(ExactDecimal("1.5")), program: program)
    let much = AccountAfter(available: 12_345_678)
    let given = try [
      News.pointsReceived(points: 1_234_567, after: much), .pointsCameBack(points: 1_234_567, after: much),
      .pointsRedeemed(points: 1_234_567, after: much),
    ].map { try facts($0, program: program) }
    for facts in given + [try pending(program: program), gold] {
      for language in Language.shipped {
        let written = language.write(facts).sms
        let sms = SMSText(written, .plain)
        #expect(sms.form.segments == 1 && sms.form.encoding == .gsm7, "\(sms.text)")
        #expect(sms.text.count { $0 == "?" } == written.count { $0 == "?" })
      }
    }
  }

  @Test func languageIsTheMembersThenTheProgrammesThenEnglish() {
    #expect(Language.choose(memberLocale: "vi-VN", programLocales: ["en"]) == .vietnamese)
    #expect(Language.choose(memberLocale: "EN_us", programLocales: ["vi"]) == .english)
    #expect(Language.choose(memberLocale: "fr", programLocales: ["th", "vi", "en"]) == .vietnamese)
    #expect(Language.choose(memberLocale: nil, programLocales: []) == .english)
  }
}
