import Loyalty

/// Why an entry of the ledger says what it says: rows of a name and words.
package struct EntryExplanation {
  package let entry: LedgerEntry
  /// The version that the entry names; nil where it is not published any more.
  let program: Program?
  /// The member's entries in the programme up to this one, as far as the ledger still holds them.
  let history: [LedgerEntry]

  package init(entry: LedgerEntry, program: Program?, history: [LedgerEntry]) {
    self.entry = entry
    self.program = program
    self.history = history
  }

  /// From what made the entry to what it left.
  package var rows: [(name: String, words: String)] {
    [("because", cause)] + arithmetic + story + [("moved", movement), ("then", balances), ("id", entry.id)]
  }

  package var title: String {
    let rule = entry.rule.map { ", \(isAward ? "rule" : "for") \($0)" } ?? ""
    return "Entry \(entry.sequence) of \(entry.memberId) in \(entry.programId): \(grouped(entry.points.value)) points, "
      + "\(entry.type.rawValue)\(rule)"
  }

  private var isAward: Bool {
    let traits = entry.type.traits
    // Of refusals those that tell of a rule of which a limit left nothing.
    return traits.isAward && (!traits.isRefusal || entry.capped != nil)
  }

  private var cause: String {
    let source = entry.source.map { " of \($0)" } ?? ""
    let actor = entry.actor.map { ", by \($0)" } ?? ""
    return "\(entry.cause)\(source)\(actor), on \(entry.occurredAt.rfc3339); booked \(entry.bookedAt.rfc3339)"
  }

  // MARK: Arithmetic

  private var arithmetic: [(String, String)] {
    guard let rule = entry.rule, isAward else { return [] }
    guard let program else {
      return [("rule", "\(rule) of version \(entry.programVersion), which is not published any more")]
    }
    let takesOff = entry.credit == .programIssued
    let arithmetic = Arithmetic(
      program: program, rule: rule, points: takesOff ? -entry.points : entry.points, basis: entry.basis,
      tier: entry.tier, capped: entry.capped)
    var rows = [
      (
        "rule",
        "\(rule) of \(program.name), version \(entry.programVersion): \(arithmetic.promise ?? "not in this version")"
      )
    ]
    if entry.type == .pointsCorrected {
      rows.append(("arithmetic", correction(of: rule, arithmetic)))
    } else {
      rows.append(("arithmetic", arithmetic.text))
    }
    return rows
  }

  /// What was booked before is part of a correction.
  private func correction(of rule: String, _ arithmetic: Arithmetic) -> String {
    let before = history.reduce(Points.zero) { sum, earlier in
      guard earlier.lotId == entry.lotId, earlier.rule == rule, earlier.sequence < entry.sequence else { return sum }
      switch (earlier.debit, earlier.credit) {
      case (.programIssued, _): return sum.addingBounded(earlier.points)
      case (_, .programIssued): return sum.addingBounded(-earlier.points)
      default: return sum
      }
    }
    let now = before.addingBounded(arithmetic.points)
    let whole = Arithmetic(
      program: arithmetic.program, rule: rule, points: now, basis: arithmetic.basis, tier: arithmetic.tier,
      capped: arithmetic.capped)
    let basis = entry.basis == nil ? "\(grouped(now.value)) points in all" : whole.text
    return "\(basis); \(grouped(before.value)) were booked before"
  }

  // MARK: What the type tells

  private var story: [(String, String)] {
    switch entry.type {
    // The arithmetic tells it, or an erasure that left nothing to tell.
    case .pointsEarned, .pointsReduced, .pointsCorrected, .pointsForfeited: []
    case .pointsReversed: [("reversed", reversal)]
    case .pointsReleased: [("released", "the points of \(lot) have waited as long as the programme says")]
    case .pointsExpired: [("expired", expiry)]
    case .memberFrozen, .memberUnfrozen, .memberClosed: [("the account", standing)]
    case .pointsRedeemed: [("redeemed", "out of \(lot): what expires first is spent first")]
    case .redemptionCancelled: [("given back", "to \(lot)")]
    case .transferredOut: [("given", "to \(entry.counterparty ?? "another member"), out of \(lot)")]
    case .transferredIn: [("received", "from \(entry.counterparty ?? "another member"), with the expiry they had")]
    case .transferReturned: [("came back", "from \(entry.counterparty ?? "another member"): \(entry.reason ?? "")")]
    case .lotsMerged:
      [
        (
          "merged",
          "what lot \(entry.cause) held lies in \(lot) now: an account holds \(grouped(Int64(Account.lotsMax))) lots at most"
        )
      ]
    case .earningRefused where entry.capped != nil: [("nothing left", limit)]
    case .pointsAdjusted: [("adjusted", "reason: \(entry.reason ?? "none")" + approval)]
    case .adjustmentProposed: [("proposed", proposal)]
    case .redemptionRefused, .redemptionCancelRefused, .adjustmentRefused, .approvalRefused, .declineRefused,
      .transferRefused, .earningRefused, .standingRefused, .returnRefused:
      [("refused", (entry.reason ?? "without a code") + (entry.path.map { ", at \($0)" } ?? "") + decline)]
    }
  }

  private var approval: String {
    entry.approval?.approvedBy.map { "; approved by \($0)" + decisionId } ?? ""
  }

  private var decline: String {
    guard let declinedBy = entry.approval?.declinedBy else { return "" }
    let verb = declinedBy == entry.actor ? "withdrawn" : "declined"
    return "; \(verb) by \(declinedBy)" + decisionId
  }

  private var decisionId: String { entry.approval?.commandId.map { " (\($0))" } ?? "" }

  private var proposal: String {
    let points = entry.approval?.proposed.map { grouped($0.value) } ?? "some"
    let end = entry.expiresAt.map { " until \($0.rfc3339)" } ?? ""
    return "\(points) points wait for another person's approval\(end); reason: \(entry.reason ?? "none")"
  }

  private var limit: String {
    entry.capped == .campaign
      ? "the campaign's budget was used up, so there are no points"
      : "the limit was used up by what this member had been given before, so there are no points"
  }

  private var expiry: String {
    if entry.rule == Account.closingRule { return "the account was closed, and its time of grace is over" }
    let lived = "the points of \(lot) had lived as long as the programme says"
    let isLastDay = history.contains { $0.lotId == entry.lotId && $0.latestExpiry == entry.occurredAt }
    if isLastDay { return lived + ", however active the member is" }
    return lived + (history.contains { $0.keptUntil != nil } ? ", counted from the last activity" : "")
  }

  private var standing: String {
    let end = entry.expiresAt.map { "; what is left expires on \($0.rfc3339)" } ?? ""
    return "\(entry.type.rawValue.dropFirst("member.".count)): \(entry.reason ?? "no reason given")\(end)"
  }

  private var lot: String { entry.lotId.map { "lot \($0)" } ?? "no lot" }

  private var reversal: String {
    guard let purchase = entry.purchase else { return "points that a return takes back" }
    var granted = Points.zero
    var taken = Points.zero
    for earlier in history where earlier.sequence <= entry.sequence {
      let isOwn = earlier.lotId == purchase
      if isOwn, earlier.debit == .programIssued { granted = granted.addingBounded(earlier.points) }
      if isOwn, earlier.credit == .programIssued { granted = granted.addingBounded(-earlier.points) }
      if earlier.purchase == purchase, earlier.type == .pointsReversed { taken = taken.addingBounded(earlier.points) }
    }
    let missing = entry.shortfall.value > 0 ? "; \(grouped(entry.shortfall.value)) were not there any more" : ""
    return
      "purchase \(purchase) was granted \(grouped(granted.value)); with this entry \(grouped(taken.value)) are taken back\(missing)"
  }

  // MARK: What moved

  private var movement: String {
    guard let debit = entry.debit, let credit = entry.credit else { return "nothing" }
    var words = "\(grouped(entry.points.value)) from \(debit.rawValue) to \(credit.rawValue)"
    if let lotId = entry.lotId { words += ", lot \(lotId)" }
    if let pendingUntil = entry.pendingUntil { words += ", pending until \(pendingUntil.rfc3339)" }
    if let expiresAt = entry.expiresAt { words += ", expires \(expiresAt.rfc3339)" }
    return words
  }

  private var balances: String {
    "available \(grouped(entry.balances.available.value)), pending \(grouped(entry.balances.pending.value))"
  }
}
