import Loyalty

enum VietnameseWording {
  private static let language = Language.vietnamese

  static func write(_ facts: MessageFacts) -> Wording {
    switch facts.news {
    case .pointsEarned(let points, let balance, _):
      earned(facts, points, balance, facts.availableFrom, facts.validUntil)
    case .pointsRedeemed(let points, let balance):
      redeemed(facts, points, balance)
    case .pointsReceived(let points, let balance):
      received(facts, points, balance)
    case .pointsCameBack(let points, let balance):
      cameBack(facts, points, balance)
    case .tierReached(let level, let heldUntil):
      reached(facts, facts.levelName ?? language.levelName(level), facts.factor, heldUntil)
    case .claim(let claim): ClaimWording.write(facts, claim, in: language)
    }
  }

  private static func earned(
    _ facts: MessageFacts, _ points: Points, _ balance: Points, _ from: Instant?, _ until: Instant?
  ) -> Wording {
    let amount = count(points)
    let start =
      from.map { "Bạn có thể dùng số điểm này từ ngày \(day($0, facts))" } ?? "Bạn có thể dùng số điểm này ngay"
    let end = until.map { ", đến ngày \(day($0, facts))" } ?? ""
    return Wording(
      subject: "Bạn vừa nhận được \(amount)",
      body: letter(
        facts, "Cảm ơn bạn đã mua sắm cùng chúng tôi. Bạn vừa nhận được \(amount).", "\(start)\(end).",
        "Hôm nay bạn có \(count(balance)) sẵn sàng sử dụng."),
      sms: "\(facts.programName): bạn vừa nhận \(amount)" + (from.map { ", dùng được từ \(day($0, facts))" } ?? "")
        + ". Điểm dùng được: \(language.number(balance)).")
  }

  private static func redeemed(_ facts: MessageFacts, _ points: Points, _ balance: Points) -> Wording {
    let amount = count(points)
    return Wording(
      subject: "Bạn vừa dùng \(amount)",
      body: letter(
        facts, "Bạn vừa dùng \(amount). Chúc bạn vui với phần quà của mình!", "Bạn còn \(count(balance)) để sử dụng.",
        "Nếu không phải bạn đã dùng, hãy báo ngay cho chúng tôi để được hỗ trợ."),
      sms: "\(facts.programName): bạn vừa dùng \(amount), còn \(language.number(balance)) điểm. "
        + "Nếu không phải bạn, hãy báo cho chúng tôi.")
  }

  private static func received(_ facts: MessageFacts, _ points: Points, _ balance: Points) -> Wording {
    let amount = count(points)
    return Wording(
      subject: "Bạn vừa được tặng \(amount)",
      body: letter(
        facts, "Một thành viên khác vừa tặng bạn \(amount).", "Hôm nay bạn có \(count(balance)) sẵn sàng sử dụng."),
      sms: "\(facts.programName): bạn vừa được tặng \(amount). Điểm dùng được: \(language.number(balance)).")
  }

  private static func cameBack(_ facts: MessageFacts, _ points: Points, _ balance: Points) -> Wording {
    let amount = count(points)
    return Wording(
      subject: "\(amount) đã được hoàn lại cho bạn",
      body: letter(
        facts, "Người được bạn tặng \(amount) không thể nhận. Chúng tôi đã hoàn lại số điểm này cho bạn.",
        "Hôm nay bạn có \(count(balance)) sẵn sàng sử dụng."),
      sms: "\(facts.programName): \(amount) bạn tặng đã được hoàn lại. Điểm dùng được: \(language.number(balance)).")
  }

  private static func reached(
    _ facts: MessageFacts, _ level: String, _ factor: ExactDecimal, _ until: Instant?
  ) -> Wording {
    let times =
      factor == .one ? nil : "Từ nay, mỗi lần mua sắm bạn được nhân \(language.factor(factor)) số điểm."
    let held = until.map { "Bạn giữ hạng này ít nhất đến ngày \(day($0, facts))." }
    let benefits = [times, held].compactMap { $0 }.joined(separator: " ")
    return Wording(
      subject: "Chúc mừng bạn lên hạng \(level)",
      body: letter(
        facts, "Chúc mừng bạn! Bạn đã đạt hạng \(level).", benefits, "Cảm ơn bạn đã luôn đồng hành cùng chúng tôi."),
      sms: "\(facts.programName): chúc mừng bạn đã đạt hạng \(level)!"
        + (factor == .one ? "" : " Từ nay điểm mua sắm được nhân \(language.factor(factor))."))
  }

  private static func letter(_ facts: MessageFacts, _ paragraphs: String...) -> String {
    language.letter(facts, paragraphs)
  }

  private static func count(_ points: Points) -> String { "\(language.number(points)) điểm" }

  private static func day(_ instant: Instant, _ facts: MessageFacts) -> String { language.day(instant, facts.calendar) }
}
