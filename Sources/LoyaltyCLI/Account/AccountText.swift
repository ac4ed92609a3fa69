import Contracts
import Inquiry
import Loyalty

/// One programme's part of an account, for people.
enum AccountText {
  static func text(of part: AccountReading.Part, lotsShown: Int) -> String {
    var sections = ["Programme \(part.programId)\n" + summary(of: part)]
    if let lots = part.lots, !lots.isEmpty, lotsShown > 0 {
      let left = lots.count - lotsShown
      let more = left > 0 ? "\n    … and \(grouped(Int64(left))) more, see --lots" : ""
      sections.append("  Open lots\n" + table(of: lots.prefix(lotsShown)) + more)
    } else if part.lots == nil, lotsShown > 0, part.statement.map({ $0.sequence > 0 }) ?? false {
      sections.append("  Open lots\n    not known: loyalty.ledger no longer holds this account's first entries")
    }
    if !part.entries.isEmpty {
      sections.append("  Last \(part.entries.count) ledger entries\n" + table(of: part.entries))
    }
    return sections.joined(separator: "\n\n")
  }

  private static func summary(of part: AccountReading.Part) -> String {
    var rows: [Row] = []
    if let statement = part.statement {
      rows.append(("status", statement.status.rawValue, statement.endsAt.map { "ends at \($0.rfc3339)" } ?? ""))
      rows += list("available", statement.balances.available, statement.expiries, "expire at")
      rows += list("pending", statement.balances.pending, statement.releases, "released at")
      if statement.owed > 0 { rows.append(("owed", grouped(statement.owed.value), "repaid by what comes next")) }
      rows.append(("earned in all", grouped(statement.lifetimeEarned.value), lifetime(statement)))
    }
    if let tier = part.statement?.tier ?? part.tier?.standing { rows += tierRows(tier) }
    if let statement = part.statement {
      rows.append(("ledger entries", grouped(statement.sequence), "up to \(statement.asOf.rfc3339)"))
    }
    let name = rows.map(\.name.count).max() ?? 0
    let value = rows.map(\.value.count).max() ?? 0
    return rows.map { row in
      let line = "  " + pad(row.name, name) + "  " + pad(row.value, value)
      return row.remark.isEmpty ? line : line + "  " + row.remark
    }.joined(separator: "\n")
  }

  private typealias Row = (name: String, value: String, remark: String)

  /// A balance, and what is due of it, a line each.
  private static func list(_ name: String, _ points: Points, _ dues: [Due], _ verb: String) -> [Row] {
    let remarks = dues.map { "\(grouped($0.points.value)) \(verb) \($0.at.rfc3339)" }
    return [(name, grouped(points.value), remarks.first ?? "")] + remarks.dropFirst().map { ("", "", $0) }
  }

  private static func lifetime(_ statement: AccountStatement) -> String {
    let totals = statement.totals
    var parts = ["\(grouped(totals.redeemed.value)) redeemed", "\(grouped(totals.expired.value)) expired"]
    if totals.transferred > 0 { parts.append("\(grouped(totals.transferred.value)) given to others") }
    if totals.transferred < 0 { parts.append("\(grouped(-totals.transferred.value)) more received from others") }
    if statement.shortfall > 0 { parts.append("\(grouped(statement.shortfall.value)) missing from returns") }
    return parts.joined(separator: ", ")
  }

  private static func tierRows(_ tier: TierStanding) -> [Row] {
    let since = tier.since.map { "since \($0.rfc3339)" }
    let until = tier.until.map { "until \($0.rfc3339) at least" }
    var rows: [Row] = [("tier", tier.level, [since, until].compactMap { $0 }.joined(separator: " "))]
    if let next = tier.next {
      rows.append(
        ("next tier", next.level, "\(next.missing.text) of \(next.from.text) \(tier.measures.rawValue) missing"))
    }
    return rows
  }

  private static func table(of lots: ArraySlice<Lot>) -> String {
    var table = TextTable(["LOT", "AVAILABLE", "PENDING", "EARNED", "PENDING UNTIL", "EXPIRES"], rightAligned: [1, 2])
    for lot in lots {
      table.add([
        lot.id, grouped(lot.available.value), grouped(lot.pending.value), lot.earnedAt.rfc3339,
        lot.pending > 0 ? lot.pendingUntil?.rfc3339 ?? "" : "", lot.expiresAt?.rfc3339 ?? "never",
      ])
    }
    return table.text(indent: "    ")
  }

  private static func table(of entries: [LedgerEntry]) -> String {
    var table = TextTable(
      ["NO.", "OCCURRED", "TYPE", "POINTS", "RULE OR REASON", "CAUSE", "AVAILABLE", "PENDING"],
      rightAligned: [0, 3, 6, 7])
    for entry in entries {
      table.add([
        "\(entry.sequence)", entry.occurredAt.rfc3339, entry.type.rawValue, signed(entry),
        entry.rule ?? entry.reason ?? "", entry.cause, grouped(entry.balances.available.value),
        grouped(entry.balances.pending.value),
      ])
    }
    return table.text(indent: "    ")
  }

  /// What the entry does to all that the member holds.
  private static func signed(_ entry: LedgerEntry) -> String {
    let gains = entry.credit == .memberAvailable || entry.credit == .memberPending
    let loses = entry.debit == .memberAvailable || entry.debit == .memberPending
    let points = grouped(entry.points.value)
    if entry.points == 0 || gains == loses { return points }
    return gains ? "+" + points : "-" + points
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
