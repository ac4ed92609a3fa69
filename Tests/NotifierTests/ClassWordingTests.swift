import Foundation
import Loyalty
import Messages
import Notifier
import Testing

/// Messages about what was done in a member's name, and what several bookings gave.
@Suite(.timeLimit(.minutes(10))) struct ClassWordingTests {
  func facts(_ news: News) throws -> MessageFacts {
    MessageFacts(
      news: news, programName: "Quà Tặng Sen", memberName: "Lan",
      calendar: try #require(ZoneCalendar(identifier: "Asia/Ho_Chi_Minh")),
      occurredAt: try #require(Instant(rfc3339: "2026-11-22T06:04:41Z")))
  }

  static let after = AccountAfter(available: 1_234_567)

  @Test func pointsGivenAway() throws {
    let news = News.pointsGiven(points: 1_500, after: Self.after)
    let english = Language.english.write(try facts(news))
    #expect(english.subject == "You gave 1,500 points to another member")
    #expect(
      english.body == """
        Hello Lan,

        You have just given 1,500 points to another member.

        You now have 1,234,567 points ready to use.

        Was this not you? Please tell us, and we will look into it straight away.

        See you soon,
        Quà Tặng Sen

        """)
    let vietnamese = Language.vietnamese.write(try facts(news))
    #expect(vietnamese.subject == "Bạn vừa tặng 1.500 điểm cho một thành viên khác")
    #expect(vietnamese.body.contains("Hiện bạn có 1.234.567 điểm có thể sử dụng."))
  }

  @Test func contactThatWasChanged() throws {
    let mail = Language.english.write(try facts(.contactChanged(.email)))
    #expect(mail.subject == "Your e-mail address was changed")
    #expect(mail.body.contains("was changed or removed at 13:05 on 22 November 2026. We write to this one no more."))
    let phone = Language.vietnamese.write(try facts(.contactChanged(.phone)))
    #expect(phone.subject == "Tài khoản của bạn đã thay đổi số điện thoại")
    #expect(phone.body.contains("lúc 13:05 22/11/2026. Từ nay chúng tôi không gửi tin đến số điện thoại này nữa."))
  }

  @Test func summaryOfADay() throws {
    var digest = DigestedPoints(EarnedPoints(points: 10, after: Self.after, byPurchase: true, terms: nil))
    #expect(
      Language.english.write(try facts(.pointsDigest(digest))).body.contains(
        "Since the last summary you earned 10 points.\n"))
    digest.add(EarnedPoints(points: 5, after: AccountAfter(available: -3), byPurchase: true, terms: nil))
    let english = Language.english.write(try facts(.pointsDigest(digest)))
    #expect(english.subject == "You earned 15 points today")
    #expect(english.body.contains("you earned 15 points, in 2 bookings.\n\nYour account is 3 points below zero."))
    let vietnamese = Language.vietnamese.write(try facts(.pointsDigest(digest)))
    #expect(vietnamese.body.contains("bạn nhận được 15 điểm từ 2 lần tích điểm.\n\nTài khoản của bạn đang âm 3 điểm."))
  }

  @Test func onePurchaseInTwoProgrammes() throws {
    var facts = try facts(
      .pointsEarned(EarnedPoints(points: 10, after: Self.after, byPurchase: true, terms: nil)))
    facts.also = [
      .init(programName: "Coffee Club", points: 1), .init(programName: "Tea & Club", points: 1_234),
    ]
    let english = Language.english.write(facts)
    #expect(
      english.body.contains(
        "\n\nWith the same purchase you also earned: Coffee Club +1; Tea & Club +1,234.\n\nSee you soon,"))
    #expect(english.html?.contains("Coffee Club +1; Tea &amp; Club +1,234.</p>") == true)
    #expect(english.sms.hasSuffix("Ready to use: 1,234,567. Also: Coffee Club +1; Tea & Club +1,234."))
    #expect(
      Language.vietnamese.write(facts).body.contains(
        "Với giao dịch này, bạn cũng nhận được: Coffee Club +1; Tea & Club +1.234.\n"))
  }

  @Test(arguments: Language.shipped) func textsAreOneSegment(_ language: Language) throws {
    let digest = DigestedPoints(EarnedPoints(points: 1_234, after: Self.after, byPurchase: true, terms: nil))
    for news in [
      News.pointsGiven(points: 1_234, after: Self.after), .contactChanged(.email), .contactChanged(.phone),
      .pointsDigest(digest),
    ] {
      let sms = SMSText(language.write(try facts(news)).sms, .plain)
      #expect(sms.form.segments == 1 && sms.form.encoding == .gsm7, "\(sms.text)")
    }
  }
}
