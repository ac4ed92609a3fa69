/// What an earning or redeeming activity does to the lots that are there.
extension Account {
  /// Postpones every lot where points expire by inactivity. To be called before the activity's own entries are posted:
  /// they tell it.
  mutating func keepLots(activityAt instant: Instant, under program: Program) {
    guard let until = program.keepsLots(untilAfter: instant), until > terms.keptUntil ?? .distantPast else { return }
    terms.keptUntil = until
    // Lots of another kind of expiry, from an earlier version, may now run out together: then the oldest goes first.
    if zip(lots, lots.dropFirst()).contains(where: { $1.isTakenBefore($0, keptUntil: until) }) {
      lots.sort { $0.isTakenBefore($1, keptUntil: until) }
    }
  }
}
