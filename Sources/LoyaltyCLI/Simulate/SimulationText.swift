import Inquiry
import Loyalty

/// A simulation in words and numbers.
package struct SimulationText {
  let simulation: PurchaseSimulation

  package init(simulation: PurchaseSimulation) { self.simulation = simulation }

  package var text: String {
    let program = simulation.program
    let tier = simulation.level.map { ", at tier \($0)" } ?? ""
    let whose = simulation.member.memberId.map { " by \($0)" } ?? ""
    let title =
      "\(program.name) (\(program.id), version \(program.version)): "
      + "purchase \(simulation.purchase.id)\(whose), eligible spend \(money(simulation.spend))\(tier)"
    if let obstacle = simulation.obstacle { return "\(title)\n\n  earns nothing: \(obstacle)" }
    let award = simulation.award
    var parts = [title, lines(of: award), dates(of: award)]
    let silent = silentRules(in: award)
    if !silent.isEmpty { parts.append("  These give nothing here: \(silent.joined(separator: ", "))") }
    if let tiers = tierLines(after: award) { parts.append(tiers) }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private func lines(of award: Award) -> String {
    guard !award.lines.isEmpty else { return "  earns nothing" }
    var table = TextTable(["RULE", "POINTS", "HOW"], rightAligned: [1])
    for line in award.lines {
      let arithmetic = Arithmetic(
        program: simulation.program, rule: line.award.rule, points: line.award.points, basis: line.basis,
        tier: line.tier, capped: line.capped)
      let campaign = line.campaign.map { ", out of the budget of \($0)" } ?? ""
      table.add([line.award.rule, grouped(line.award.points.value), arithmetic.text + campaign])
    }
    table.add(["together", grouped(award.points.value), ""])
    return table.text(indent: "  ")
  }

  private func dates(of award: Award) -> String {
    guard award.points > 0 else { return "" }
    let (program, at) = (simulation.program, simulation.purchase.occurredAt)
    let frozen = simulation.member.isFrozen ? "become available when the account is unfrozen" : nil
    let available =
      frozen ?? program.pendingUntil(earnedAt: at).map { "become available \($0.rfc3339)" } ?? "are available at once"
    let expiry = program.expiresAt(earnedAt: at).map { "expire \($0.rfc3339)" } ?? "never expire"
    return "  They \(available) and \(expiry)."
  }

  /// Rules for purchases that are not among the lines.
  private func silentRules(in award: Award) -> [String] {
    let heard = Set(award.lines.map(\.award.rule))
    let rules = simulation.program.earning.filter { rule in
      if case .activity = rule.kind { return false }
      return true
    }
    return (rules.map(\.id) + simulation.program.multipliers.map(\.id)).filter { !heard.contains($0) }
  }

  private func tierLines(after award: Award) -> String? {
    guard let standing = simulation.standing(after: award) else { return nil }
    var sentences: [String] = []
    if let reached = standing.reached { sentences.append("  The member reaches \(reached) with it.") }
    if let next = standing.next {
      sentences.append("  \(next.level) is reached at \(amount(next.from)): \(amount(next.missing)) are missing then.")
    } else {
      sentences.append("  No level is above.")
    }
    return sentences.joined(separator: "\n")
  }

  private func amount(_ value: ExactDecimal) -> String {
    switch simulation.program.tiers?.metric {
    case .spend: simulation.program.currencies.first.map { money(value, $0) } ?? value.text
    case .activities: "\(value.text) \(simulation.program.tiers?.activities?.attribute ?? "activities")"
    case .visits: "\(value.text) visits"
    case .basePoints: "\(value.text) base points"
    default: "\(value.text) points"
    }
  }

  private func money(_ minorUnits: Int64) -> String {
    let currency = simulation.purchase.currency
    return money(ExactDecimal(minorUnits: minorUnits, exponent: currency.exponent), currency)
  }

  private func money(_ amount: ExactDecimal, _ currency: Currency) -> String {
    "\(amount.text(digits: currency.exponent)) \(currency.code)"
  }
}

extension ExactDecimal {
  /// With at least so many digits after the point, as amounts of money are written.
  func text(digits: UInt8) -> String {
    guard scale < digits else { return text }
    return text + (scale == 0 ? "." : "") + String(repeating: "0", count: Int(digits - scale))
  }
}
