/// A message that templates can be written for: its name, when it is sent, and the fields that it has.
package struct TemplateKind: Equatable, Sendable {
  /// Such as `points-earned`: the `template` of `loyalty.notifications`.
  package let id: String
  /// When it goes out, for the table in docs/templates.md.
  package let means: String
  package let fields: [TemplateField]
  /// Without these it does not say what it is about.
  let mustSay: [String]

  package static func named(_ id: String) -> TemplateKind? { byId[id] }

  package func field(_ name: String) -> TemplateField? { fields.first { $0.name == name } }

  private static let byId = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

  private init(_ id: String, _ means: String, _ fields: [TemplateField], mustSay: [String]) {
    self.id = id
    self.means = means
    self.fields = fields + Self.everywhere
    self.mustSay = mustSay
  }

  /// What every message may say.
  private static let everywhere = [
    TemplateField("programName", .text, isAlways: true, "the programme's name in the member's language"),
    TemplateField("memberName", .text, "how the member is greeted, where the profile has a name that is one"),
    TemplateField("unsubscribeUrl", .link, "where the member wants no more of these, where that is set up"),
    TemplateField("senderName", .text, isAlways: true, "who writes: the brand's sender, else the programme's name"),
    TemplateField("postalAddress", .text, "the brand's postal address"),
    TemplateField("logoUrl", .link, "the brand's logo"),
    TemplateField("accentColor", .color, isAlways: true, "the brand's colour"),
    TemplateField(
      "accentTextColor", .color, isAlways: true, "black or white, whichever is read better on the brand's colour"),
  ]

  private static let account = [
    TemplateField("availablePoints", .points, "what can be spent; not there below zero"),
    TemplateField("owedPoints", .points, "how far the account is below zero"),
    TemplateField("isFrozen", .flag, "the account is on hold"),
    TemplateField("isClosed", .flag, "the account is closed"),
  ]

  private static func points(_ means: String) -> TemplateField {
    TemplateField("points", .points, isAlways: true, means)
  }

  private static let receipt = TemplateField("receipt", .text, "the receipt's number, where it is one")

  private static func level(_ means: String) -> TemplateField {
    TemplateField("levelName", .text, isAlways: true, means)
  }

  package static let all = always + askedFor

  private static let always = [
    TemplateKind(
      "points-earned", "a booking gave points",
      [
        points("how many"),
        TemplateField("byPurchase", .flag, "by a purchase; else by an activity, such as joining"),
        TemplateField("usableNow", .flag, "some of them can be used right away"),
        TemplateField("usableFrom", .day, "from when they can be used, where that is later"),
        TemplateField("usableUntil", .end, "until when they can be used, where they expire"),
        TemplateField("repaidPoints", .points, "how many of them made up for what the account was short of"),
        TemplateField("allRepaid", .flag, "all of them did"),
        TemplateField(
          "alsoEarned", .text, "what the same purchase gave in other programmes: `Tea Club +20; Book Club +5`"),
      ] + account, mustSay: ["points"]),
    TemplateKind(
      "points-redeemed", "points were used", [points("how many")] + account, mustSay: ["points"]),
    TemplateKind(
      "points-received", "another member gave points", [points("how many")] + account, mustSay: ["points"]),
    TemplateKind(
      "points-came-back", "points given to another member, who cannot have them, came back",
      [points("how many")] + account, mustSay: ["points"]),
    TemplateKind(
      "tier-reached", "the member climbed to a level",
      [
        TemplateField("levelName", .text, isAlways: true, "the level's name in the member's language"),
        TemplateField("factor", .factor, "what purchases earn from now on, where it is not 1"),
        TemplateField("heldUntil", .end, "until when the level is kept at least"),
      ], mustSay: ["levelName"]),
    TemplateKind(
      "claim-accepted", "a claimed purchase was found and added", [receipt], mustSay: []),
    TemplateKind(
      "claim-refused", "a claimed purchase was not added",
      [
        receipt, TemplateField("isNotFound", .flag, "no open purchase has this receipt, total and date"),
        TemplateField("isInSeveralShops", .flag, "several shops use the receipt's number"),
        TemplateField("isClaimedAlready", .flag, "it was added to an account already"),
        TemplateField("lockedUntil", .moment, "when new claims are taken, after several wrong ones"),
      ], mustSay: []),
    TemplateKind(
      "claims-locked", "claims are paused after several wrong ones",
      [TemplateField("lockedUntil", .moment, "until when")], mustSay: []),
    TemplateKind("purchases-found", "an enrolment found purchases that the member had made before", [], mustSay: []),
    TemplateKind(
      "points-given", "points were given to another member", [points("how many")] + account, mustSay: ["points"]),
    TemplateKind(
      "email-changed", "the profile has another e-mail address, or none; goes to the one before",
      [TemplateField("changedAt", .moment, isAlways: true, "when")], mustSay: []),
    TemplateKind(
      "phone-changed", "the profile has another phone number, or none; goes to the one before",
      [TemplateField("changedAt", .moment, isAlways: true, "when")], mustSay: []),
    TemplateKind(
      "points-digest", "what the bookings of a day gave, where the programme has them told together",
      [
        points("how many"), TemplateField("bookings", .points, "in how many bookings, where these are several"),
      ] + account, mustSay: ["points"]),
  ]

  /// Sent where the programme asks for them.
  private static let askedFor = [
    TemplateKind(
      "points-taken-back", "a return or a cancellation took back what a purchase had brought",
      [points("how many")] + account, mustSay: ["points"]),
    TemplateKind(
      "points-adjusted", "an operator added points or deducted them",
      [points("how many"), TemplateField("isDeducted", .flag, "they were deducted; else added")] + account,
      mustSay: ["points"]),
    TemplateKind(
      "points-released", "points that were pending became usable",
      [
        points("how many"), TemplateField("usableUntil", .end, "until when they can be used, where they expire"),
      ] + account, mustSay: ["points"]),
    TemplateKind(
      "tier-lost", "the member fell to a lower level",
      [
        level("the level now"),
        TemplateField("previousLevelName", .text, isAlways: true, "the level before"),
        TemplateField("factor", .factor, "what purchases earn from now on, where it is not 1"),
        TemplateField("heldUntil", .end, "until when the level is kept at least"),
      ], mustSay: ["levelName"]),
    TemplateKind(
      "tier-kept", "a judgement let the member keep the level for another while",
      [
        level("the level"), TemplateField("factor", .factor, "what purchases earn, where it is not 1"),
        TemplateField("heldUntil", .end, "until when the level is kept at least"),
      ], mustSay: ["levelName"]),
    TemplateKind("account-frozen", "the account was put on hold", [], mustSay: []),
    TemplateKind("account-unfrozen", "the account is no longer on hold", [], mustSay: []),
    TemplateKind("account-closed", "the account was closed", [], mustSay: []),
    TemplateKind("welcome", "the member joined: the first profile came", [], mustSay: []),
    TemplateKind(
      "points-expiring", "points will expire in some days if they are not used",
      [
        points("how many"),
        TemplateField(
          "usableUntil", .end, isAlways: true, "until when they can be used, where several days: the first"),
        TemplateField("lastUsableUntil", .end, "until when the last of them can be used, where that is later"),
      ], mustSay: ["points", "usableUntil"]),
    TemplateKind(
      "tier-ending", "the member's level will end in some days",
      [
        level("the level"), TemplateField("factor", .factor, "what purchases earn, where it is not 1"),
        TemplateField("heldUntil", .end, isAlways: true, "until when the level is held"),
        TemplateField("missingSpend", .points, "what is missing to keep it, of what was spent, rounded up"),
        TemplateField("currency", .text, "of `missingSpend`"),
        TemplateField("missingPoints", .points, "what is missing to keep it, in points earned"),
        TemplateField("missingPurchases", .points, "what is missing to keep it, in purchases"),
      ], mustSay: ["levelName", "heldUntil"]),
  ]
}
