import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What there is to tell a member, as far as events say it. Whom it goes to and in which words is decided when it is
/// sent, so that it holds no personal data.
package struct Announcement: Equatable, Sendable {
  package var news: News
  package var programId: String
  /// The version that the news comes from; nil: the one in force at `occurredAt`.
  package var programVersion: Int?
  /// The purchase or command as `source:id`, or the tier event's id.
  package var cause: String
  package var occurredAt: Instant
  /// Passed on to the outcome.
  package var traceparent: TraceParent?
  /// What the same purchase gave elsewhere, told with it.
  package var also: [AlsoEarned] = []

  package init(
    news: News, programId: String, programVersion: Int?, cause: String, occurredAt: Instant, traceparent: TraceParent?
  ) {
    self.news = news
    self.programId = programId
    self.programVersion = programVersion
    self.cause = cause
    self.occurredAt = occurredAt
    self.traceparent = traceparent
  }

  /// nil where an entry is nothing to write about.
  init?(_ entry: LedgerEntry) {
    switch entry.type {
    // A factor below 1 took off some of what the same booking gave.
    case .pointsEarned, .pointsReduced: news = .pointsEarned(EarnedPoints(entry))
    case .pointsRedeemed: news = .pointsRedeemed(points: entry.points, after: AccountAfter(entry))
    case .transferredIn: news = .pointsReceived(points: entry.points, after: AccountAfter(entry))
    case .transferredOut: news = .pointsGiven(points: entry.points, after: AccountAfter(entry))
    case .transferReturned:
      // What came back to nobody is no news.
      guard entry.credit == .memberAvailable else { return nil }
      news = .pointsCameBack(points: entry.points, after: AccountAfter(entry))
    case .pointsReleased, .pointsReversed, .pointsAdjusted, .memberFrozen, .memberUnfrozen, .memberClosed:
      guard let notice = Notice(entry) else { return nil }
      news = .notice(notice)
    case .pointsExpired, .redemptionCancelled, .pointsCorrected, .pointsForfeited, .lotsMerged, .redemptionRefused,
      .redemptionCancelRefused, .adjustmentProposed, .adjustmentRefused, .approvalRefused, .declineRefused,
      .transferRefused, .earningRefused, .standingRefused, .returnRefused:
      return nil
    }
    programId = entry.programId
    programVersion = entry.programVersion
    // A command's id is its sender's own, and a member may be given points by several.
    cause = (entry.source ?? entry.counterparty).map { "\($0):\(entry.cause)" } ?? entry.cause
    occurredAt = entry.occurredAt
  }

  /// nil unless the member climbed, fell, or keeps the level.
  init?(_ change: TierChange) {
    if change.reason == .upgrade {
      news = .tierReached(level: change.level, heldUntil: change.until)
    } else if let notice = Notice(change) {
      news = .notice(notice)
    } else {
      return nil
    }
    programId = change.programId
    cause = change.eventId
    // A level that is kept was reached long ago.
    occurredAt = change.reason == .kept ? change.occurredAt : change.since
  }

  package var template: Template { news.template }

  /// Takes in a later entry of the same booking.
  mutating func add(_ entry: LedgerEntry) {
    switch news {
    case .pointsEarned(var earned):
      earned.add(entry)
      news = .pointsEarned(earned)
    case .pointsRedeemed(let points, _):
      news = .pointsRedeemed(points: points.addingBounded(entry.points), after: AccountAfter(entry))
    case .pointsReceived(let points, _):
      news = .pointsReceived(points: points.addingBounded(entry.points), after: AccountAfter(entry))
    case .pointsCameBack(let points, _):
      news = .pointsCameBack(points: points.addingBounded(entry.points), after: AccountAfter(entry))
    case .pointsGiven(let points, _):
      news = .pointsGiven(points: points.addingBounded(entry.points), after: AccountAfter(entry))
    case .notice(var notice):
      notice.add(entry)
      news = .notice(notice)
    case .tierReached, .claim, .contactChanged, .pointsDigest:
      preconditionFailure("a tier change, an answer or a profile is one event")
    }
  }

  /// Whether the booking gave something in the end.
  var isNews: Bool {
    switch news {
    case .pointsEarned(let earned): earned.points > 0
    case .notice(let notice): notice.isNews
    default: true
    }
  }

  /// From then on there is nothing to tell any more.
  var validUntil: Instant? {
    if case .notice(let notice) = news { notice.validUntil } else { nil }
  }

  /// Whether its first entry says it all, whatever else was booked with it.
  var isOneEntry: Bool {
    if case .notice(let notice) = news { notice.isOneEntry } else { false }
  }

  /// The version of its programme that the message talks about; nil while the document is not known.
  func program(in catalog: ProgramCatalog) -> Program? {
    programVersion.flatMap { catalog.version(of: programId, number: $0) }
      ?? catalog.version(of: programId, at: occurredAt)
  }

  /// What is told of other programmes, as far as they are known.
  func alsoFacts(in catalog: ProgramCatalog, locale: String?) -> [MessageFacts.Also] {
    also.compactMap { also in
      let program =
        also.programVersion.flatMap { catalog.version(of: also.programId, number: $0) }
        ?? catalog.version(of: also.programId, at: occurredAt)
      return program.map {
        MessageFacts.Also(
          programName: $0.names.name(in: [locale].compactMap { $0 } + $0.locales.prefix(1)) ?? $0.name,
          points: also.points)
      }
    }
  }

  /// - Parameters:
  ///   - program: the version that the message talks about.
  ///   - memberName: as the profile has it, whatever it is.
  ///   - locale: the member's own; names that are not there in it are the programme's default language's.
  func facts(_ program: Program, memberName: String?, locale: String?) -> MessageFacts {
    let languages = [locale].compactMap { $0 } + program.locales.prefix(1)
    var facts = MessageFacts(
      news: news, programName: program.names.name(in: languages) ?? program.name,
      memberName: GreetingName.read(memberName), calendar: program.calendar, occurredAt: occurredAt)
    if let level = news.level {
      let reached = program.tiers?.levels.first { $0.id == level }
      facts.factor = reached?.factor ?? .one
      facts.levelName = reached?.names.name(in: languages)
    }
    facts.measure = program.tiers.flatMap { scheme in
      switch scheme.metric {
      case .spend: program.currencies.first.map { .spend($0) }
      case .points, .basePoints: .points
      case .visits: .visits
      case .activities: nil
      }
    }
    if case .notice(.tierLost(_, let previous, _)) = news {
      facts.previousLevelName = program.tiers?.levels.first { $0.id == previous }?.names.name(in: languages)
    }
    return facts
  }
}

extension Announcement {
  func encode(to row: RowEncoder) {
    switch news {
    case .pointsEarned(let earned):
      row.byte(1)
      earned.encode(to: row)
    case .pointsRedeemed(let points, let after):
      row.byte(2)
      row.int(points.value)
      after.encode(to: row)
    case .pointsReceived(let points, let after):
      row.byte(4)
      row.int(points.value)
      after.encode(to: row)
    case .pointsCameBack(let points, let after):
      row.byte(5)
      row.int(points.value)
      after.encode(to: row)
    case .tierReached(let level, let until):
      row.byte(3)
      row.string(level)
      row.optionalInt(until?.milliseconds)
    case .claim(.accepted(let receipt)):
      row.byte(6)
      row.string(receipt)
    case .claim(.refused(let receipt, let refusal, let until)):
      row.byte(7)
      row.string(receipt)
      row.string(refusal.rawValue)
      row.optionalInt(until?.milliseconds)
    case .claim(.locked(let until)):
      row.byte(8)
      row.optionalInt(until?.milliseconds)
    case .claim(.foundByEnrolment):
      row.byte(9)
    case .pointsGiven(let points, let after):
      row.byte(10)
      row.int(points.value)
      after.encode(to: row)
    case .contactChanged(let contact):
      row.byte(11)
      row.string(contact.rawValue)
    case .pointsDigest(let digest):
      row.byte(12)
      digest.encode(to: row)
    case .notice(let notice):
      row.byte(13)
      notice.encode(to: row)
    }
    row.string(programId)
    row.optionalInt(programVersion.map { Int64($0) })
    row.string(cause)
    row.int(occurredAt.milliseconds)
    row.optionalString(traceparent?.text)
    row.list(also) { $0.encode(to: row) }
  }

  init(from row: inout RowDecoder) throws {
    switch try row.byte() {
    case 1: news = .pointsEarned(try EarnedPoints(from: &row))
    case 2: news = .pointsRedeemed(points: try row.points(), after: try AccountAfter(from: &row))
    case 3:
      news = .tierReached(
        level: try row.string(), heldUntil: try row.optionalInstant())
    case 4: news = .pointsReceived(points: try row.points(), after: try AccountAfter(from: &row))
    case 5: news = .pointsCameBack(points: try row.points(), after: try AccountAfter(from: &row))
    case 6: news = .claim(.accepted(receipt: try row.string()))
    case 7:
      let receipt = try row.string()
      let word = try row.string()
      guard let refusal = ClaimStatus.Refusal(rawValue: word) else {
        throw RowFormatError("a refusal \(word), which this release does not know")
      }
      news = .claim(
        .refused(receipt: receipt, refusal, lockedUntil: try row.optionalInstant()))
    case 8: news = .claim(.locked(until: try row.optionalInstant()))
    case 9: news = .claim(.foundByEnrolment)
    case 10: news = .pointsGiven(points: try row.points(), after: try AccountAfter(from: &row))
    case 11:
      let word = try row.string()
      guard let contact = News.Contact(rawValue: word) else { throw RowFormatError("a contact named \(word)") }
      news = .contactChanged(contact)
    case 12: news = .pointsDigest(try DigestedPoints(from: &row))
    case 13: news = .notice(try Notice(from: &row))
    case let kind: throw RowFormatError("news of kind \(kind), which this release does not know")
    }
    programId = try row.string()
    programVersion = try row.optionalInt().map { Int($0) }
    cause = try row.string()
    occurredAt = try row.instant()
    traceparent = try row.optionalString().flatMap { TraceParent($0) }
    if row.format >= 2 { also = try row.list { try AlsoEarned(from: &$0) } }
  }
}
