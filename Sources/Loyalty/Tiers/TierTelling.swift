/// What has been told of the way to the next level, and when it is told anew.
///
/// What is told holds from ``TierState/toldAsOf`` on. The member's own clock stays where their last event left it:
/// whether a worker woke up in between must not change what a late purchase leads to.
extension TierState {
  /// Where the member stands, for those who show it: the level is as it was, the metric has moved.
  package func progress(cause: String, under program: Program) -> TierChange? {
    // A level begins a moment after what led to it; a late purchase that moves the metric then is news even so.
    progress(cause: cause, occurredAt: max(clock, since), under: program)
  }

  /// The same, after time alone has moved the metric.
  package func progressByTime(under program: Program) -> TierChange? {
    progress(cause: "window/" + toldAsOf.rfc3339, occurredAt: max(toldAsOf, since), under: program)
  }

  /// Moves what is told on to the last instant up to `instant` at which something left. Says whether there was one:
  /// once, however much has left in the meantime.
  package mutating func tellAnew(upTo instant: Instant, under program: Program) -> Bool {
    guard let due = tellAgain, due <= instant else { return false }
    guard let scheme = program.tiers else {
      tellAgain = nil
      return false
    }
    let last = lastLeave(upTo: instant, scheme, program.calendar) ?? due
    noteTold(asOf: max(due, last, clock), program, scheme)
    return true
  }

  /// Notes that progress is told as of an instant, or was as of a later one.
  mutating func noteTold(asOf instant: Instant, _ program: Program, _ scheme: TierScheme) {
    toldAsOf = max(toldAsOf, instant)
    tellAgain = nextLeave(after: toldAsOf, scheme, program.calendar)
  }
}

extension TierScheme {
  /// A window in the unit that people know.
  func progress(_ window: TierWindow, asOf instant: Instant, _ program: Program) -> TierProgress {
    TierProgress(
      asOf: instant, counted: decimal(window.counted, program), endsAt: window.endsAt,
      leaves: window.leaves.map { .init(at: $0.at, amount: decimal($0.amount, program)) })
  }
}
