import Loyalty
import Messages
import Notifier
import TestValues
import Testing

/// What members are told where their programme asks for it, in words.
@Suite(.timeLimit(.minutes(10))) struct NoticeWordingTests {
  static let after = AccountAfter(available: 1_234_567)
  static let until = time("2027-06-01T00:00:00+07:00")
  static let notices: [Notice] = [
    .pointsTakenBack(points: 1_500, purchase: "pos:P-1", after: after),
    .pointsAdjusted(points: 1_500, after: after), .pointsAdjusted(points: -1_500, after: after),
    .pointsReleased(points: 1_500, expiresAt: until, after: after),
    .tierLost(level: "silver", previous: "gold", heldUntil: until), .tierKept(level: "gold", heldUntil: until),
    .standing(.frozen), .standing(.active), .standing(.closed), .welcome,
    .pointsExpiring(points: 1_500, until: until, lastUntil: nil),
    .pointsExpiring(points: 1, until: until, lastUntil: time("2027-06-04T12:00:00+07:00")),
    .tierEnding(level: "gold", until: until, missing: nil), .tierEnding(level: "gold", until: until, missing: 1_200),
  ]

  func facts(_ notice: Notice) throws -> MessageFacts {
    var facts = MessageFacts(
      news: .notice(notice), programName: "Quà Tặng Sen", memberName: "Lan",
      calendar: try #require(ZoneCalendar(identifier: "Asia/Ho_Chi_Minh")), occurredAt: time("2026-11-22T06:04:41Z"))
    facts.measure = Currency.known("VND").map { .spend($0) }
    return facts
  }

  func bodies(_ language: Language) throws -> [String] {
    try Self.notices.map { language.write(try facts($0)).body }
  }

  @Test func english() throws {
    let said = [
      "A purchase of yours was returned or cancelled, so 1,500 points that it had brought were taken back.",
      "We have added 1,500 points to your account.", "We have deducted 1,500 points from your account.",
      "1,500 pending points of yours have been added to your balance.\n\nYou can use them until 31 May 2027.",
      "Your Gold tier has ended. Your tier is now Silver.\n\nYou keep this tier at least until 31 May 2027.",
      "You keep your Gold tier, at least until 31 May 2027.", "Your Quà Tặng Sen account has been put on hold.",
      "Your Quà Tặng Sen account is no longer on hold. Points can be used again.",
      "Your Quà Tặng Sen account has been closed. Points can no longer be used.", "Thank you for joining Quà Tặng Sen.",
      "1,500 of your points will expire soon.\n\nYou can use them until 31 May 2027.",
      "You can use the first of them until 31 May 2027, and the last until 3 June 2027.",
      "You hold your Gold tier until 31 May 2027.\n\nSee you soon,",
      "You hold your Gold tier until 31 May 2027.\n\nSpend 1,200 VND more by then to keep it.",
    ]
    for (body, said) in zip(try bodies(.english), said) { #expect(body.contains(said), "\(body)") }
  }

  @Test func vietnamese() throws {
    let said = [
      "Một giao dịch của bạn đã được trả hàng hoặc hủy, nên 1.500 điểm từ giao dịch đó đã được thu hồi.",
      "Chúng tôi đã cộng 1.500 điểm vào tài khoản của bạn.", "Chúng tôi đã trừ 1.500 điểm trong tài khoản của bạn.",
      "1.500 điểm đang chờ của bạn đã được cộng vào số dư.\n\nBạn có thể dùng số điểm này đến hết ngày 31/05/2027.",
      "Bạn không còn giữ hạng Gold. Hiện bạn ở hạng Silver.\n\nBạn giữ hạng này ít nhất đến hết ngày 31/05/2027.",
      "Bạn tiếp tục giữ hạng Gold, ít nhất đến hết ngày 31/05/2027.",
      "Tài khoản Quà Tặng Sen của bạn đã được tạm khóa.",
      "Tài khoản Quà Tặng Sen của bạn đã được mở khóa.", "Tài khoản Quà Tặng Sen của bạn đã được đóng.",
      "Cảm ơn bạn đã tham gia Quà Tặng Sen.",
      "1.500 điểm của bạn sắp hết hạn.\n\nBạn có thể dùng số điểm này đến hết ngày 31/05/2027.",
      "Phần hết hạn sớm nhất dùng được đến hết ngày 31/05/2027, phần còn lại đến hết ngày 03/06/2027.",
      "Bạn giữ hạng Gold đến hết ngày 31/05/2027.\n\nHẹn gặp lại bạn,",
      "Bạn giữ hạng Gold đến hết ngày 31/05/2027.\n\nĐể giữ hạng, bạn cần chi tiêu thêm 1.200 VND trước thời điểm đó.",
    ]
    for (body, said) in zip(try bodies(.vietnamese), said) { #expect(body.contains(said), "\(body)") }
  }

  /// As the programme's document calls them.
  @Test func levelsHaveTheirNames() throws {
    var facts = try facts(.tierLost(level: "silver", previous: "gold", heldUntil: nil))
    facts.levelName = "Bạc"
    facts.previousLevelName = "Vàng"
    #expect(Language.vietnamese.write(facts).body.contains("Bạn không còn giữ hạng Vàng. Hiện bạn ở hạng Bạc."))
  }

  @Test(arguments: Language.shipped) func textsAreOneSegment(_ language: Language) throws {
    for notice in Self.notices {
      let sms = SMSText(language.write(try facts(notice)).sms, .plain)
      #expect(sms.form.segments == 1 && sms.form.encoding == .gsm7, "\(sms.text)")
    }
  }
}
