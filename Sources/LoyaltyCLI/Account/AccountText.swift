import Contracts
import Inquiry
import Loyalty

/// One programme's part of an account, for people.
struct AccountText {
  let part: AccountReading.Part
  let lotsShown: Int
  /// In the programme's zone.
  let time: LocalTime
  /// For which the way to the next tier is told.
  let now: Instant
  /// From when on all entries are told; nil: the last ones are.
  var since: Instant?

  var text: String {
    let zone = time.zone.map { ", on the clocks of \($0) in brackets" } ?? ""
    var sections = ["Programme \(part.programId)\(zone)\n" + summary]
    if let lots = part.lots, !lots.isEmpty, lotsShown > 0 {
      let left = lots.count - lotsShown
      let more = left > 0 ? "\n    … and \(grouped(Int64(left))) more, see --lots" : ""
      sections.append("  Open lots\n" + table(of: lots.prefix(lotsShown)) + more)
    } else if part.lots == nil, lotsShown > 0, part.statement.map({ $0.sequence > 0 }) ?? false {
      sections.append("  Open lots\n    not known: loyalty.ledger no longer holds this account's first entries")
    }
    if !part.entries.isEmpty {
      sections.append("  \(entriesTitle)\n" + table(of: part.entries))
    }
    return sections.joined(separator: "\n\n")
  }

  private var entriesTitle: String {
    let entries = "\(part.entries.count) ledger entries"
    return since.map { "Since \(time.text($0)): \(entries)" } ?? "Last \(entries)"
  }

  private var summary: String {
    var rows: [Row] = []
    if let statement = part.statement {
      rows.append(("status", statement.status.rawValue, statement.endsAt.map { "ends at \(time.text($0))" } ?? ""))
      rows += list("available", statement.balances.available, statement.expiries, "expire at")
      rows += list("pending", statement.balances.pending, statement.releases, "released at")
      if statement.owed > 0 { rows.append(("owed", grouped(statement.owed.value), "repaid by what comes next")) }
      rows.append(("earned in all", grouped(statement.lifetimeEarned.value), lifetime(statement)))
    }
    if let progress = part.progress(at: now) { rows += TierRows(progress, time).rows }
    if let statement = part.statement {
      rows.append(("ledger entries", grouped(statement.sequence), "up to \(time.text(statement.asOf))"))
    }
    let name = rows.map(\.name.count).max() ?? 0
    let value = rows.map(\.value.count).max() ?? 0
    return rows.map { row in
      let line = "  " + pad(row.name, name) + "  " + pad(row.value, value)
      return row.remark.isEmpty ? line : line + "  " + row.remark
    }.joined(separator: "\n")
  }

  typealias Row = (name: String, value: String, remark: String)

  /// A balance, and what is due of it, a line each.
  private func list(_ name: String, _ points: Points, _ dues: [Due], _ verb: String) -> [Row] {
    let remarks = dues.map { "\(grouped($0.points.value)) \(verb) \(time.text($0.at))" }
    return [(name, grouped(points.value), remarks.first ?? "")] + remarks.dropFirst().map { ("", "", $0) }
  }

  private func lifetime(_ statement: AccountStatement) -> String {
    let totals = statement.totals
    var parts = ["\(grouped(totals.redeemed.value)) redeemed", "\(grouped(totals.expired.value)) expired"]
    if totals.transferred > 0 { parts.append("\(grouped(totals.transferred.value)) given to others") }
    if totals.transferred < 0 { parts.append("\(grouped(-totals.transferred.value)) more received from others") }
    if statement.shortfall > 0 { parts.append("\(grouped(statement.shortfall.value)) missing from returns") }
    return parts.joined(separator: ", ")
  }

  private func table(of lots: ArraySlice<Lot>) -> String {
    var table = TextTable(["LOT", "AVAILABLE", "PENDING", "EARNED", "PENDING UNTIL", "EXPIRES"], rightAligned: [1, 2])
    for lot in lots {
      table.add([
        lot.id, grouped(lot.available.value), grouped(lot.pending.value), time.text(lot.earnedAt),
        lot.pending > 0 ? lot.pendingUntil.map { time.text($0) } ?? "" : "",
        lot.expiresAt.map { time.text($0) } ?? "never",
      ])
    }
    return table.text(indent: "    ")
  }

  private func table(of entries: [LedgerEntry]) -> String {
    var table = TextTable(
      ["NO.", "OCCURRED", "TYPE", "POINTS", "RULE OR REASON", "CAUSE", "AVAILABLE", "PENDING"],
      rightAligned: [0, 3, 6, 7])
    for entry in entries {
      table.add([
        "\(entry.sequence)", time.text(entry.occurredAt), entry.type.rawValue, signed(entry),
        entry.rule ?? entry.reason ?? "", entry.cause, grouped(entry.balances.available.value),
        grouped(entry.balances.pending.value),
      ])
    }
    return table.text(indent: "    ")
  }

  /// What the entry does to all that the member holds.
  private func signed(_ entry: LedgerEntry) -> String {
    let gains = entry.credit == .memberAvailable || entry.credit == .memberPending
    let loses = entry.debit == .memberAvailable || entry.debit == .memberPending
    let points = grouped(entry.points.value)
    if entry.points == 0 || gains == loses { return points }
    return gains ? "+" + points : "-" + points
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
