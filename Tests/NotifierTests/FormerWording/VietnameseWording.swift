import Contracts
import Loyalty
import Messages
import Notifier

enum FormerVietnameseWording {
  private static let language = Language.vietnamese

  static func write(_ facts: MessageFacts) -> Wording {
    switch facts.news {
    case .pointsEarned(let earned): self.earned(facts, earned)
    case .pointsRedeemed(let points, let after): redeemed(facts, points, after)
    case .pointsReceived(let points, let after): received(facts, points, after)
    case .pointsCameBack(let points, let after): cameBack(facts, points, after)
    case .tierReached(let level, let heldUntil):
      reached(facts, facts.levelName ?? language.levelName(level), heldUntil)
    case .claim(let claim): FormerClaimWording.write(facts, claim, in: language)
    case .pointsGiven, .contactChanged, .pointsDigest, .notice:
      preconditionFailure("nothing was said of it before templates")
    }
  }

  private static func earned(_ facts: MessageFacts, _ earned: EarnedPoints) -> Wording {
    let amount = count(earned.points)
    let thanks = earned.byPurchase ? "Cảm ơn bạn đã mua sắm cùng chúng tôi. " : ""
    return Wording(
      subject: "Bạn vừa nhận được \(amount)",
      body: letter(facts, "\(thanks)Bạn vừa nhận được \(amount).", use(of: earned, facts), standing(earned.after)),
      sms: "\(facts.programName): bạn vừa nhận \(amount)\(useInShort(of: earned, facts)). \(inShort(earned.after))")
  }

  /// What can be done with them, and when; empty where nothing can, which the account's standing says.
  private static func use(of earned: EarnedPoints, _ facts: MessageFacts) -> String {
    guard let terms = earned.terms, earned.after.status == .active else { return "" }
    if terms.arePending {
      return terms.pendingUntil.map {
        "Bạn có thể dùng số điểm này từ ngày \(day($0, facts))\(end(terms, facts, " đến"))."
      } ?? ""
    }
    if earned.repaid == earned.points { return "Số điểm này đã được dùng để bù phần điểm âm trong tài khoản của bạn." }
    if earned.repaid > 0 {
      return "Trong đó, \(count(earned.repaid)) đã được dùng để bù phần điểm âm trong tài khoản của bạn; "
        + "bạn có thể dùng ngay số điểm còn lại\(end(terms, facts, ", đến"))."
    }
    return "Bạn có thể dùng ngay số điểm này\(end(terms, facts, ", đến"))."
  }

  private static func useInShort(of earned: EarnedPoints, _ facts: MessageFacts) -> String {
    guard let terms = earned.terms, earned.after.status == .active, earned.repaid == 0 else { return "" }
    if terms.arePending {
      return terms.pendingUntil.map { ", dùng được từ \(day($0, facts))\(end(terms, facts, " đến"))" } ?? ""
    }
    return end(terms, facts, ", dùng được đến")
  }

  private static func end(_ terms: EarnedPoints.Terms, _ facts: MessageFacts, _ until: String) -> String {
    terms.expiresAt.map {
      "\(until) \(language.last(before: $0, from: terms.pendingUntil ?? facts.occurredAt, facts.calendar))"
    } ?? ""
  }

  private static func redeemed(_ facts: MessageFacts, _ points: Points, _ after: AccountAfter) -> Wording {
    let amount = count(points)
    let left = after.available >= 0 ? "Bạn còn \(count(after.available)) có thể sử dụng." : standing(after)
    return Wording(
      subject: "Bạn vừa dùng \(amount)",
      body: letter(
        facts, "Bạn vừa dùng \(amount).", left,
        "Nếu đây không phải là bạn, vui lòng báo ngay cho chúng tôi để được hỗ trợ."),
      sms: "\(facts.programName): bạn vừa dùng \(amount). "
        + (after.available >= 0 ? "Điểm còn lại: \(language.number(after.available))." : inShort(after))
        + " Nếu không phải bạn, hãy báo cho chúng tôi.")
  }

  private static func received(_ facts: MessageFacts, _ points: Points, _ after: AccountAfter) -> Wording {
    let amount = count(points)
    return Wording(
      subject: "Bạn vừa được tặng \(amount)",
      body: letter(facts, "Một thành viên khác vừa tặng bạn \(amount).", standing(after)),
      sms: "\(facts.programName): bạn vừa được tặng \(amount). \(inShort(after))")
  }

  private static func cameBack(_ facts: MessageFacts, _ points: Points, _ after: AccountAfter) -> Wording {
    let amount = count(points)
    return Wording(
      subject: "\(amount) đã được hoàn lại cho bạn",
      body: letter(
        facts, "Người được bạn tặng \(amount) không thể nhận. Chúng tôi đã hoàn lại số điểm này cho bạn.",
        standing(after)),
      sms: "\(facts.programName): \(amount) bạn tặng đã được hoàn lại. \(inShort(after))")
  }

  private static func reached(_ facts: MessageFacts, _ level: String, _ until: Instant?) -> Wording {
    let hasFactor = facts.factor != .one
    let times = hasFactor ? "Từ nay, điểm bạn tích lũy khi mua sắm được nhân \(language.factor(facts.factor))." : nil
    let end = until.map { language.last(before: $0, from: facts.occurredAt, facts.calendar) }
    let benefits = [times, end.map { "Bạn giữ hạng này ít nhất đến \($0)." }]
    return Wording(
      subject: "Chúc mừng bạn lên hạng \(level)",
      body: letter(
        facts, "Chúc mừng bạn! Bạn đã đạt hạng \(level).", benefits.compactMap { $0 }.joined(separator: " "),
        "Cảm ơn bạn đã luôn đồng hành cùng chúng tôi."),
      sms: "\(facts.programName): chúc mừng bạn đã đạt hạng \(level)!"
        + (hasFactor ? " Từ nay điểm mua sắm được nhân \(language.factor(facts.factor))." : "")
        + (end.map { " Giữ hạng ít nhất đến \($0)." } ?? ""))
  }

  // MARK: The account

  private static func standing(_ after: AccountAfter) -> String {
    switch after.status {
    case .frozen: "Tài khoản của bạn đang tạm khóa. Bạn có thể dùng điểm trở lại khi tài khoản được mở khóa."
    case .closed: "Tài khoản của bạn đã đóng nên không thể dùng điểm được nữa."
    case .active where after.available < 0:
      "Tài khoản của bạn đang âm \(count(-after.available)). Số điểm bạn nhận tiếp theo sẽ được dùng để bù trước."
    case .active: "Hiện bạn có \(count(after.available)) có thể sử dụng."
    }
  }

  private static func inShort(_ after: AccountAfter) -> String {
    switch after.status {
    case .frozen: "Tài khoản đang tạm khóa."
    case .closed: "Tài khoản đã đóng."
    case .active where after.available < 0: "Tài khoản đang âm \(count(-after.available))."
    case .active: "Điểm dùng được: \(language.number(after.available))."
    }
  }

  private static func letter(_ facts: MessageFacts, _ paragraphs: String...) -> String {
    language.letter(facts, paragraphs)
  }

  private static func count(_ points: Points) -> String { "\(language.number(points)) điểm" }

  private static func day(_ instant: Instant, _ facts: MessageFacts) -> String { language.day(instant, facts.calendar) }
}
