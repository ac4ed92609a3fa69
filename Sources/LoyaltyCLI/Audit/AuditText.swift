import Inquiry

/// For people: the verdict, the first faults, and the sums.
extension AuditReport {
  private static let faultsTold = 20

  package var text: String {
    var lines = [isPassed ? "audit: pass" : "audit: FAIL"]
    lines += faults.prefix(Self.faultsTold).map { "  \($0.memberId) in \($0.programId): \($0.problem)" }
    if faultCount > Self.faultsTold { lines.append("  … and \(faultCount - Self.faultsTold) more faults") }
    lines += remedies.map { "  \($0)" }
    lines.append(
      "  \(grouped(Int64(members))) members, \(grouped(Int64(accounts))) accounts, \(grouped(entries)) ledger entries")
    let parts = components.map { "\(grouped($0.points.value)) \($0.name)" }.joined(separator: " + ")
    lines.append("  \(grouped(totals.issued.value)) issued \(totals.isBalanced ? "=" : "≠") \(parts)")
    if let rewards {
      lines.append(
        "  \(grouped(rewards.redemptions)) redemptions, \(grouped(rewards.issued)) of them issued, "
          + "\(grouped(rewards.vouchers)) vouchers")
    }
    if carriedOver > 0 {
      lines.append(
        "  \(grouped(Int64(carriedOver))) accounts are older than the log: their first balances are taken as given")
    }
    if transfersUnderWay > 0 {
      lines.append(
        "  \(grouped(pointsUnderWay.value)) points in \(grouped(Int64(transfersUnderWay))) transfers are under way")
    }
    if !areIdsChecked { lines.append("  too many entries to look for ids that occur twice among all of them") }
    return lines.joined(separator: "\n")
  }
}
