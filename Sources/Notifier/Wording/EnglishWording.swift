import Loyalty

enum EnglishWording {
  private static let language = Language.english

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
    let it = points == 1 ? "It" : "They"
    let start = from.map { "\(it) can be used from \(day($0, facts))" } ?? "\(it) can be used right away"
    let end = until.map { ", until \(day($0, facts))" } ?? ""
    return Wording(
      subject: "You earned \(amount)",
      body: letter(
        facts, "Thank you for shopping with us. You have just earned \(amount).", "\(start)\(end).",
        "You have \(count(balance)) ready to use today."),
      sms: "\(facts.programName): you earned \(amount)" + (from.map { ", usable from \(day($0, facts))" } ?? "")
        + ". Ready to use: \(language.number(balance)).")
  }

  private static func redeemed(_ facts: MessageFacts, _ points: Points, _ balance: Points) -> Wording {
    let amount = count(points)
    return Wording(
      subject: "You used \(amount)",
      body: letter(
        facts, "You have just used \(amount). Enjoy your reward!", "You have \(count(balance)) left to use.",
        "Was this not you? Please tell us, and we will look into it straight away."),
      sms:
        "\(facts.programName): you used \(amount). Left to use: \(language.number(balance)). Not you? Please tell us.")
  }

  private static func received(_ facts: MessageFacts, _ points: Points, _ balance: Points) -> Wording {
    let amount = count(points)
    return Wording(
      subject: "Another member gave you \(amount)",
      body: letter(
        facts, "Another member has just given you \(amount).", "You have \(count(balance)) ready to use today."),
      sms: "\(facts.programName): another member gave you \(amount). Ready to use: \(language.number(balance)).")
  }

  private static func cameBack(_ facts: MessageFacts, _ points: Points, _ balance: Points) -> Wording {
    let amount = count(points)
    let them = points == 1 ? "it" : "them"
    return Wording(
      subject: "\(amount) came back to you",
      body: letter(
        facts, "You gave \(amount) to another member, who cannot receive \(them). We have put \(them) back for you.",
        "You have \(count(balance)) ready to use today."),
      sms: "\(facts.programName): the \(amount) you gave away came back. Ready to use: \(language.number(balance)).")
  }

  private static func reached(
    _ facts: MessageFacts, _ level: String, _ factor: ExactDecimal, _ until: Instant?
  ) -> Wording {
    let times = factor == .one ? nil : "From now on your purchases earn \(language.factor(factor)) times the points."
    let held = until.map { "You hold this tier until \(day($0, facts)) at least." }
    let benefits = [times, held].compactMap { $0 }.joined(separator: " ")
    return Wording(
      subject: "Welcome to \(level)",
      body: letter(facts, "Congratulations! You have reached \(level).", benefits, "Thank you for staying with us."),
      sms: "\(facts.programName): congratulations, you have reached \(level)!"
        + (factor == .one ? "" : " Purchases now earn x\(language.factor(factor)) points."))
  }

  private static func letter(_ facts: MessageFacts, _ paragraphs: String...) -> String {
    language.letter(facts, paragraphs)
  }

  private static func count(_ points: Points) -> String {
    "\(language.number(points)) \(points == 1 ? "point" : "points")"
  }

  private static func day(_ instant: Instant, _ facts: MessageFacts) -> String { language.day(instant, facts.calendar) }
}
