import Foundation
import Loyalty
import Notifier
import Testing

@Suite(.timeLimit(.minutes(10))) struct WordingTests {
  let calendar = ZoneCalendar(identifier: "Asia/Ho_Chi_Minh")!

  func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

  func facts(
    _ news: News, factor: ExactDecimal = .one, name: String? = "Lan", program: String = "Quà Tặng Sen"
  ) -> MessageFacts {
    var facts = MessageFacts(news: news, programName: program, memberName: name, calendar: calendar)
    facts.factor = factor
    return facts
  }

  func earned(program: String = "Quà Tặng Sen") throws -> MessageFacts {
    var facts = facts(.pointsEarned(points: 1_234, balance: 1_234_567, arePending: true), program: program)
    // 18:30 UTC is the next day in Vietnam.
    facts.availableFrom = try instant("2026-12-05T18:30:00Z")
    facts.validUntil = try instant("2027-05-21T10:00:00Z")
    return facts
  }

  @Test func pointsEarnedInVietnamese() throws {
    let wording = Language.vietnamese.write(try earned())
    #expect(wording.subject == "Bạn vừa nhận được 1.234 điểm")
    #expect(
      wording.body == """
        Chào Lan,

        Cảm ơn bạn đã mua sắm cùng chúng tôi. Bạn vừa nhận được 1.234 điểm.

        Bạn có thể dùng số điểm này từ ngày 06/12/2026, đến ngày 21/05/2027.

        Hôm nay bạn có 1.234.567 điểm sẵn sàng sử dụng.

        Hẹn gặp lại bạn,
        Quà Tặng Sen

        """)
    #expect(
      wording.sms == "Qua Tang Sen: ban vua nhan 1.234 diem, dung duoc tu 06/12/2026. Diem dung duoc: 1.234.567.")
  }

  @Test func pointsEarnedInEnglish() throws {
    let wording = Language.english.write(try earned(program: "Journey Rewards"))
    #expect(wording.subject == "You earned 1,234 points")
    #expect(
      wording.body == """
        Hello Lan,

        Thank you for shopping with us. You have just earned 1,234 points.

        They can be used from 2026-12-06, until 2027-05-21.

        You have 1,234,567 points ready to use today.

        See you soon,
        Journey Rewards

        """)
    #expect(
      wording.sms == "Journey Rewards: you earned 1,234 points, usable from 2026-12-06. Ready to use: 1,234,567.")
  }

  @Test func onePointThatNeverExpiresReadsNaturally() {
    let one = News.pointsEarned(points: 1, balance: 1, arePending: false)
    let english = Language.english.write(facts(one, name: nil))
    #expect(english.subject == "You earned 1 point")
    #expect(english.body.hasPrefix("Hello,\n\n") && english.body.contains("\n\nIt can be used right away.\n\n"))
    let vietnamese = Language.vietnamese.write(facts(one, name: nil))
    #expect(vietnamese.body.hasPrefix("Chào bạn,\n\n"))
    #expect(vietnamese.body.contains("\n\nBạn có thể dùng số điểm này ngay.\n\n"))
  }

  @Test func pointsRedeemedNamesWhatIsLeft() {
    let used = News.pointsRedeemed(points: 500, balance: -20)
    let english = Language.english.write(facts(used))
    #expect(english.subject == "You used 500 points")
    #expect(english.body.contains("You have -20 points left to use."))
    let vietnamese = Language.vietnamese.write(facts(used))
    #expect(vietnamese.subject == "Bạn vừa dùng 500 điểm")
    #expect(vietnamese.sms.hasPrefix("Qua Tang Sen: ban vua dung 500 diem, con -20 diem."))
  }

  @Test func pointsOfATransferReadNaturallyInBothLanguages() {
    let received = News.pointsReceived(points: 1_234, balance: 2_000)
    #expect(Language.vietnamese.write(facts(received)).subject == "Bạn vừa được tặng 1.234 điểm")
    #expect(
      Language.vietnamese.write(facts(received)).sms
        == "Qua Tang Sen: ban vua duoc tang 1.234 diem. Diem dung duoc: 2.000.")
    #expect(Language.english.write(facts(received)).body.contains("Another member has just given you 1,234 points."))
    let back = News.pointsCameBack(points: 1, balance: 5)
    #expect(Language.english.write(facts(back)).body.contains("who cannot receive it. We have put it back for you."))
    #expect(Language.vietnamese.write(facts(back)).subject == "1 điểm đã được hoàn lại cho bạn")
  }

  @Test func tierReachedNamesFactorAndTerm() throws {
    let factor = try #require(ExactDecimal("1.25"))
    let gold = facts(
      .tierReached(level: "gold", heldUntil: try instant("2027-12-31T17:00:00Z")), factor: factor)
    let vietnamese = Language.vietnamese.write(gold)
    #expect(vietnamese.subject == "Chúc mừng bạn lên hạng Gold")
    #expect(
      vietnamese.body.contains(
        "Từ nay, mỗi lần mua sắm bạn được nhân 1,25 số điểm. Bạn giữ hạng này ít nhất đến ngày 01/01/2028."))
    #expect(vietnamese.sms == "Qua Tang Sen: chuc mung ban da dat hang Gold! Tu nay diem mua sam duoc nhan 1,25.")
    let english = Language.english.write(gold)
    #expect(english.subject == "Welcome to Gold")
    #expect(english.body.contains("From now on your purchases earn 1.25 times the points."))
    let plain = News.tierReached(level: "silver", heldUntil: nil)
    #expect(!Language.english.write(facts(plain)).body.contains("times"))
    #expect(!Language.english.write(facts(plain)).body.contains("\n\n\n"))
  }

  @Test func everySMSIsOneGSMPart() throws {
    let program = "Journey Rewards"
    let gold = facts(
      .tierReached(level: "platinum", heldUntil: nil), factor: try #require(ExactDecimal("1.5")), program: program)
    let given = [
      News.pointsReceived(points: 1_234_567, balance: 12_345_678),
      .pointsCameBack(points: 1_234_567, balance: 12_345_678),
      .pointsRedeemed(points: 1_234_567, balance: 12_345_678),
    ].map { facts($0, program: program) }
    for facts in given + [try earned(program: program), gold] {
      for language in Language.allCases {
        let sms = language.write(facts).sms
        #expect(sms.utf8.allSatisfy { (0x20...0x7E).contains($0) } && sms.count <= 160)
      }
    }
  }

  @Test func lettersOutsideTheSMSAlphabetAreReplaced() {
    let wording = Language.vietnamese.write(
      facts(.pointsRedeemed(points: 1, balance: 0), program: "Đặc Sản “Huế” 🍜 {x}"))
    #expect(wording.sms.hasPrefix("Dac San \"Hue\" ? ?x?: "))
  }

  @Test func languageIsTheMembersThenTheProgrammesThenEnglish() {
    #expect(Language.choose(memberLocale: "vi-VN", programLocales: ["en"]) == .vietnamese)
    #expect(Language.choose(memberLocale: "EN_us", programLocales: ["vi"]) == .english)
    #expect(Language.choose(memberLocale: "fr", programLocales: ["th", "vi", "en"]) == .vietnamese)
    #expect(Language.choose(memberLocale: nil, programLocales: []) == .english)
  }
}
