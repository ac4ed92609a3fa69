import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Tells members ahead what is to come of their accounts: points that expire, a level that ends. What an account's
/// statements say is kept, and judged when its day comes.
///
/// The rows are kept whether or not a programme asks: one that begins to ask must reach those whose accounts stand
/// still, who need it most. A booking that changes nothing of the outlook writes nothing. On stream time nothing moves
/// this worker's clock, so nothing is told ahead.
struct OutlookDesk {
  private let book: MessageBook
  private let news: NewsDesk
  private let programs: ProgramShelf
  private let clock: TaskClock

  /// While no programme asks, an outlook is looked at daily from so long before on: more days than any programme says.
  private static let lookAheadMs = Int64(MessagePolicy.daysAheadMax + 1) * Instant.dayMs
  private static let lookAgainMs = Instant.dayMs
  /// How long a welcome waits before it looks for a programme again.
  private static let welcomeAgainMs: Int64 = 5 * 60_000
  /// The time of day at which members are told ahead, by the programme's clocks.
  private static let tellAtMs = 9 * Instant.hourMs

  init(_ book: MessageBook, _ news: NewsDesk, _ programs: ProgramShelf, _ clock: TaskClock) {
    self.book = book
    self.news = news
    self.programs = programs
    self.clock = clock
  }

  // MARK: What comes in

  func process(_ statement: AccountStatement) throws {
    guard clock.mode == .wall else { return }
    let key = RecordKey.memberProgram(statement.memberId, statement.programId)
    let now = Instant(milliseconds: clock.nowMs)
    let former = try book.outlooks.get(key)
    var row = former ?? OutlookRow()
    row.expiries = statement.status == .active ? statement.expiries : []
    let program = programs.catalog.version(of: statement.programId, at: now)
    row.level = statement.status == .closed ? nil : statement.tier.flatMap { Self.level($0, program) }
    guard row != former ?? OutlookRow() else { return }
    if let told = former?.told, told.through > now { try correct(told, row, statement, program) }
    guard row.end(after: now) != nil else {
      if former != nil { try book.outlooks.remove(key) }
      return
    }
    row.judgeAtMs = schedule(row, program, after: now)
    try book.outlooks.put(key, row)
  }

  /// A member who joined is to be welcomed, and no programme is known yet that could.
  func awaitProgramme(_ profile: MemberProfile) throws {
    guard let joinedAt = profile.joinedAt, profile.mergedInto == nil, news.isNew(joinedAt),
      clock.mode == .wall
    else { return }
    var row = OutlookRow()
    row.joinedAt = joinedAt
    row.judgeAtMs = clock.nowMs + Self.welcomeAgainMs
    try book.outlooks.put(RecordKey.joined(profile.id, ""), row)
  }

  /// Says how many rows went.
  func erase(_ memberId: String) throws -> Int {
    guard book.outlooks.count > 0 else { return 0 }
    let rows = try book.outlooks.scan(prefix: memberId + RecordKey.separator)
    for (key, _) in rows { try book.outlooks.remove(key) }
    return rows.count
  }

  // MARK: What is due

  /// Tells what a row has to tell by now, and sets when it is looked at next.
  func judge(_ key: String, _ row: OutlookRow, _ nowMs: Int64) throws {
    guard let separator = key.lastIndex(of: "\u{1F}") else { throw RowFormatError("an outlook's key has no programme") }
    let memberId = String(key[..<separator])
    let now = Instant(milliseconds: nowMs)
    if row.joinedAt != nil { return try judgeWelcome(key, row, memberId, now) }
    let program = programs.catalog.version(of: String(key[key.index(after: separator)...]), at: now)
    var row = row
    if let program { try tell(&row, memberId, program, now) }
    guard row.end(after: now) != nil else { return try book.outlooks.remove(key) }
    row.judgeAtMs = max(nowMs + 1, schedule(row, program, after: now))
    try book.outlooks.put(key, row)
  }

  private func tell(_ row: inout OutlookRow, _ memberId: String, _ program: Program, _ now: Instant) throws {
    if let rules = program.messages.ahead(.pointsExpiring) {
      while let first = row.nextExpiry(after: now), Self.start(of: first.at, rules, program.calendar) <= now {
        let day = Self.lastDay(before: first.at, program.calendar)
        let end = program.calendar.start(of: day.adding(days: 1 + rules.gatherDays))
        let dues = row.expiries.filter { $0.at >= first.at && ($0.at == first.at || $0.at <= end) }
        let through = dues.last?.at ?? first.at
        row.told = OutlookRow.Told(first: first.at, through: through)
        try news.tellAhead(
          Self.notice(of: dues), to: memberId, program, cause: Self.cause(first.at, program.calendar), at: now)
      }
    }
    if let rules = program.messages.ahead(.tierEnding), let level = row.endingLevel(after: now),
      Self.start(of: level.until, rules, program.calendar) <= now
    {
      row.toldLevelUntil = level.until
      let day = Self.lastDay(before: level.until, program.calendar)
      try news.tellAhead(
        .tierEnding(level: level.id, until: level.until, missing: level.missing), to: memberId, program,
        cause: "level-end:\(level.id):\(day.text)", at: now)
    }
  }

  private func judgeWelcome(_ key: String, _ row: OutlookRow, _ memberId: String, _ now: Instant) throws {
    guard let profile = try book.profile(memberId), let joinedAt = row.joinedAt, news.isNew(joinedAt) else {
      return try book.outlooks.remove(key)
    }
    guard programs.inForce(at: now).isEmpty else {
      try news.welcome(profile, joinedAt: joinedAt, at: now)
      return try book.outlooks.remove(key)
    }
    var row = row
    row.judgeAtMs = now.milliseconds + Self.welcomeAgainMs
    try book.outlooks.put(key, row)
  }

  /// A message that has not left yet says what there is now, or is not sent where nothing is left.
  private func correct(
    _ told: OutlookRow.Told, _ row: OutlookRow, _ statement: AccountStatement, _ program: Program?
  ) throws {
    guard let program else { return }
    let key = MessageKey(
      memberId: statement.memberId, programId: statement.programId,
      cause: Self.cause(told.first, program.calendar), template: .pointsExpiring)
    guard case .queued(var announcement, let delivery, let atMs)? = try book.message(key), delivery.attempts == 0 else {
      return
    }
    let dues = row.expiries.filter { $0.at >= told.first && $0.at <= told.through }
    announcement.news = .notice(Self.notice(of: dues))
    guard announcement.isNews else { return try book.suppress(key, announcement, delivery, reason: "no-points") }
    try book.put(key, .queued(announcement, delivery, atMs: atMs))
  }

  // MARK: When

  /// When a row is to be looked at next (ms); that may be over.
  private func schedule(_ row: OutlookRow, _ program: Program?, after now: Instant) -> Int64 {
    let expiry = row.nextExpiry(after: now).map { look(at: $0.at, .pointsExpiring, program, now) }
    let level = row.endingLevel(after: now).map { look(at: $0.until, .tierEnding, program, now) }
    return [expiry, level].compactMap { $0 }.min() ?? row.end(after: now)?.milliseconds ?? now.milliseconds
  }

  private func look(at end: Instant, _ template: Template, _ program: Program?, _ now: Instant) -> Int64 {
    if let program, let rules = program.messages.ahead(template) {
      return Self.start(of: end, rules, program.calendar).milliseconds
    }
    return max(end.milliseconds - Self.lookAheadMs, now.milliseconds + Self.lookAgainMs)
  }

  /// When members are told of something that is gone at `end`.
  private static func start(of end: Instant, _ rules: MessagePolicy.Ahead, _ calendar: ZoneCalendar) -> Instant {
    calendar.start(of: lastDay(before: end, calendar).adding(days: -rules.daysAhead))
      .advanced(byMilliseconds: tellAtMs)
  }

  /// The last day on which there is some of it whole.
  private static func lastDay(before end: Instant, _ calendar: ZoneCalendar) -> LocalDate {
    calendar.day(of: end).adding(days: -1)
  }

  // MARK: What

  private static func cause(_ first: Instant, _ calendar: ZoneCalendar) -> String {
    "expiry:\(lastDay(before: first, calendar).text)"
  }

  private static func notice(of dues: [Due]) -> Notice {
    let until = dues.first?.at ?? .epoch
    let last = dues.last.flatMap { $0.at > until ? $0.at : nil }
    return .pointsExpiring(
      points: dues.reduce(0) { $0.addingBounded($1.points) }, until: until, lastUntil: last)
  }

  /// The level that a standing says will end; nil: none, or nobody knows when.
  private static func level(_ standing: TierStanding, _ program: Program?) -> OutlookRow.Level? {
    guard let until = standing.until else { return nil }
    return OutlookRow.Level(
      id: standing.level, until: until, missing: program.flatMap { missing(standing, until, $0) })
  }

  /// What the judgement at the level's end will find missing to keep it, if nothing is done; rounded up.
  private static func missing(_ standing: TierStanding, _ until: Instant, _ program: Program) -> Int64? {
    guard let scheme = program.tiers, scheme.metric == standing.measures, let progress = standing.progress,
      let level = scheme.levels.first(where: { $0.id == standing.level })
    else { return nil }
    let judged = program.calendar.adding(days: -scheme.graceDays, to: until)
    var counted = judged
    if let endsAt = progress.endsAt {
      // A later year than the running one is judged, of which nothing is known.
      guard endsAt >= judged.advanced(byMilliseconds: -Instant.dayMs) else { return nil }
      counted = progress.asOf
    }
    let from = scheme.decimal(level.from, program)
    let left = NextTier(level: level.id, from: from, missing: from).missing(counting: progress.counted(at: counted))
    return left.wholeRoundedUp
  }
}

extension ExactDecimal {
  /// nil: too large.
  fileprivate var wholeRoundedUp: Int64? {
    guard let millionths = minorUnits(exponent: 6) else { return nil }
    let (whole, rest) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
    return rest > 0 ? whole + 1 : whole
  }
}
