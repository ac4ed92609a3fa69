import Contracts
import Loyalty
import Messages
import Notifier

enum FormerEnglishWording {
  private static let language = Language.english

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
    let thanks = earned.byPurchase ? "Thank you for shopping with us. " : ""
    return Wording(
      subject: "You earned \(amount)",
      body: letter(facts, "\(thanks)You have just earned \(amount).", use(of: earned, facts), standing(earned.after)),
      sms: "\(facts.programName): you earned \(amount)\(useInShort(of: earned, facts)). \(inShort(earned.after))")
  }

  /// What can be done with them, and when; empty where nothing can, which the account's standing says.
  private static func use(of earned: EarnedPoints, _ facts: MessageFacts) -> String {
    guard let terms = earned.terms, earned.after.status == .active else { return "" }
    let they = earned.points == 1 ? "It" : "They"
    if terms.arePending {
      return terms.pendingUntil.map { "\(they) can be used from \(day($0, facts))\(end(terms, facts, " until"))." }
        ?? ""
    }
    if earned.repaid == earned.points { return "\(they) made up for what your account was short of." }
    let rest =
      earned.repaid > 0
      ? "\(language.number(earned.repaid)) of them made up for what your account was short of; the rest" : they
    return "\(rest) can be used right away\(end(terms, facts, ", until"))."
  }

  private static func useInShort(of earned: EarnedPoints, _ facts: MessageFacts) -> String {
    guard let terms = earned.terms, earned.after.status == .active, earned.repaid == 0 else { return "" }
    if terms.arePending {
      return terms.pendingUntil.map { ", usable from \(day($0, facts))\(end(terms, facts, " until"))" } ?? ""
    }
    return end(terms, facts, ", usable until")
  }

  private static func end(_ terms: EarnedPoints.Terms, _ facts: MessageFacts, _ until: String) -> String {
    terms.expiresAt.map {
      "\(until) \(language.last(before: $0, from: terms.pendingUntil ?? facts.occurredAt, facts.calendar))"
    } ?? ""
  }

  private static func redeemed(_ facts: MessageFacts, _ points: Points, _ after: AccountAfter) -> Wording {
    let amount = count(points)
    let left = after.available >= 0 ? "You have \(count(after.available)) left to use." : standing(after)
    return Wording(
      subject: "You used \(amount)",
      body: letter(
        facts, "You have just used \(amount).", left,
        "Was this not you? Please tell us, and we will look into it straight away."),
      sms: "\(facts.programName): you used \(amount). "
        + (after.available >= 0 ? "Left to use: \(language.number(after.available))." : inShort(after))
        + " Not you? Please tell us.")
  }

  private static func received(_ facts: MessageFacts, _ points: Points, _ after: AccountAfter) -> Wording {
    let amount = count(points)
    return Wording(
      subject: "Another member gave you \(amount)",
      body: letter(facts, "Another member has just given you \(amount).", standing(after)),
      sms: "\(facts.programName): another member gave you \(amount). \(inShort(after))")
  }

  private static func cameBack(_ facts: MessageFacts, _ points: Points, _ after: AccountAfter) -> Wording {
    let amount = count(points)
    let them = points == 1 ? "it" : "them"
    return Wording(
      subject: "\(amount) came back to you",
      body: letter(
        facts,
        "You gave \(amount) to another member, who cannot receive \(them). We have put \(them) back for you.",
        standing(after)),
      sms: "\(facts.programName): the \(amount) you gave away came back. \(inShort(after))")
  }

  private static func reached(_ facts: MessageFacts, _ level: String, _ until: Instant?) -> Wording {
    let hasFactor = facts.factor != .one
    let times = hasFactor ? "From now on your purchases earn \(language.factor(facts.factor)) times the points." : nil
    let end = until.map { language.last(before: $0, from: facts.occurredAt, facts.calendar) }
    let benefits = [times, end.map { "You keep this tier at least until \($0)." }]
    return Wording(
      subject: "Welcome to \(level)",
      body: letter(
        facts, "Congratulations! You have reached \(level).", benefits.compactMap { $0 }.joined(separator: " "),
        "Thank you for staying with us."),
      sms: "\(facts.programName): congratulations, you have reached \(level)!"
        + (hasFactor ? " Purchases now earn x\(language.factor(facts.factor)) points." : "")
        + (end.map { " Yours at least until \($0)." } ?? ""))
  }

  // MARK: The account

  private static func standing(_ after: AccountAfter) -> String {
    switch after.status {
    case .frozen: "Your account is on hold at the moment. Points can be used again once the hold ends."
    case .closed: "Your account is closed, so points can no longer be used."
    case .active where after.available < 0:
      "Your account is \(count(-after.available)) below zero. What you earn next makes up for that first."
    case .active: "You now have \(count(after.available)) ready to use."
    }
  }

  private static func inShort(_ after: AccountAfter) -> String {
    switch after.status {
    case .frozen: "Your account is on hold."
    case .closed: "Your account is closed."
    case .active where after.available < 0: "Your account is \(count(-after.available)) below zero."
    case .active: "Ready to use: \(language.number(after.available))."
    }
  }

  private static func letter(_ facts: MessageFacts, _ paragraphs: String...) -> String {
    language.letter(facts, paragraphs)
  }

  private static func count(_ points: Points) -> String {
    "\(language.number(points)) \(points == 1 ? "point" : "points")"
  }

  private static func day(_ instant: Instant, _ facts: MessageFacts) -> String { language.day(instant, facts.calendar) }
}
