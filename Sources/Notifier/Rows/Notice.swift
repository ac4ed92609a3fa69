import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What members are told where their programme asks for it (`MessagePolicy.told`), and not otherwise.
package enum Notice: Equatable, Sendable {
  /// By a return, of one purchase.
  case pointsTakenBack(points: Points, purchase: String, after: AccountAfter)
  /// By an operator; below 0 they were deducted.
  case pointsAdjusted(points: Points, after: AccountAfter)
  /// What was pending in a lot can be used, until `expiresAt` where that is set.
  case pointsReleased(points: Points, expiresAt: Instant?, after: AccountAfter)
  case tierLost(level: String, previous: String, heldUntil: Instant?)
  case tierKept(level: String, heldUntil: Instant)
  /// `active`: it was frozen before.
  case standing(Standing.Name)
  /// The member's first profile.
  case welcome
  /// They expire at `until` if they are not used before, the last of them at `lastUntil` where that is later.
  case pointsExpiring(points: Points, until: Instant, lastUntil: Instant?)
  /// The level ends at `until` unless `missing` is reached before, in whole units of what is measured; nil: not known.
  case tierEnding(level: String, until: Instant, missing: Int64?)

  package var template: Template {
    switch self {
    case .pointsTakenBack: .pointsTakenBack
    case .pointsAdjusted: .pointsAdjusted
    case .pointsReleased: .pointsReleased
    case .tierLost: .tierLost
    case .tierKept: .tierKept
    case .standing(.frozen): .accountFrozen
    case .standing(.active): .accountUnfrozen
    case .standing(.closed): .accountClosed
    case .welcome: .welcome
    case .pointsExpiring: .pointsExpiring
    case .tierEnding: .tierEnding
    }
  }

  /// nil where an entry is no such news.
  init?(_ entry: LedgerEntry) {
    switch entry.type {
    case .pointsReversed:
      // A corrected award takes back as well, in the name of the purchase itself.
      let own = entry.source.map { Lot.id(source: $0, purchaseId: entry.cause) }
      guard let purchase = entry.purchase, purchase != own else { return nil }
      self = .pointsTakenBack(points: entry.points, purchase: purchase, after: AccountAfter(entry))
    case .pointsAdjusted:
      let isDeducted = entry.credit == .programAdjusted
      self = .pointsAdjusted(points: isDeducted ? -entry.points : entry.points, after: AccountAfter(entry))
    case .pointsReleased:
      // What a change of the account's standing sets free is told by that.
      guard entry.bookingOf == 1 else { return nil }
      self = .pointsReleased(points: entry.points, expiresAt: entry.expiresAt, after: AccountAfter(entry))
    case .memberFrozen: self = .standing(.frozen)
    case .memberUnfrozen: self = .standing(.active)
    case .memberClosed: self = .standing(.closed)
    default: return nil
    }
  }

  /// nil where a member does not lose a level, and none is kept until a day that is known.
  init?(_ change: TierChange) {
    switch (change.reason, change.until) {
    case (.downgrade, let until):
      self = .tierLost(level: change.level, previous: change.previous, heldUntil: until)
    case (.kept, let until?): self = .tierKept(level: change.level, heldUntil: until)
    default: return nil
    }
  }

  /// Whether its first entry says it all, whatever else was booked with it.
  var isOneEntry: Bool {
    switch self {
    case .standing: true
    case .pointsTakenBack, .pointsAdjusted, .pointsReleased, .tierLost, .tierKept, .welcome, .pointsExpiring,
      .tierEnding:
      false
    }
  }

  /// Whether something changed in the end: a return may find nothing left to take.
  var isNews: Bool {
    switch self {
    case .pointsTakenBack(let points, _, _), .pointsAdjusted(let points, _), .pointsReleased(let points, _, _):
      points != 0
    case .pointsExpiring(let points, _, _): points != 0
    case .tierLost, .tierKept, .standing, .welcome, .tierEnding: true
    }
  }

  /// Takes in a later entry of the same booking.
  mutating func add(_ entry: LedgerEntry) {
    switch (self, Notice(entry)) {
    case (.pointsTakenBack(let points, let purchase, _), .pointsTakenBack(let more, _, let after)?):
      self = .pointsTakenBack(points: points.addingBounded(more), purchase: purchase, after: after)
    case (.pointsAdjusted(let points, _), .pointsAdjusted(let more, let after)?):
      self = .pointsAdjusted(points: points.addingBounded(more), after: after)
    default: preconditionFailure("it is one entry or one event")
    }
  }

  /// What one message tells once.
  func subject(_ cause: String, _ occurredAt: Instant) -> String {
    switch self {
    // A return may cost another purchase its bonus, in a booking of its own.
    case .pointsTakenBack(_, let purchase, _): "\(cause) of \(purchase)"
    // The cause is the lot, which may be filled and released again.
    case .pointsReleased: "\(cause)@\(occurredAt.milliseconds)"
    case .pointsAdjusted, .tierLost, .tierKept, .standing, .welcome, .pointsExpiring, .tierEnding: cause
    }
  }

  /// The level that it is about.
  var level: String? {
    switch self {
    case .tierLost(let level, _, _), .tierKept(let level, _), .tierEnding(let level, _, _): level
    case .pointsTakenBack, .pointsAdjusted, .pointsReleased, .standing, .welcome, .pointsExpiring: nil
    }
  }

  /// From then on there is nothing to tell any more.
  var validUntil: Instant? {
    switch self {
    case .pointsExpiring(_, let until, let lastUntil): lastUntil ?? until
    case .tierEnding(_, let until, _): until
    default: nil
    }
  }
}

extension Template {
  /// Told only where the programme names it in `messages.tell`: who upgrades must not find that their members are
  /// written to.
  package var isAskedFor: Bool { MessagePolicyDocument.askedFor.contains(rawValue) }

  /// - Parameter policy: nil: the programme's document is not known yet, and is asked again before the message goes.
  package func isTold(by policy: MessagePolicy?) -> Bool { !isAskedFor || (policy?.told.contains(rawValue) ?? true) }
}

extension MessagePolicy {
  private static let daysAheadUsual = 30
  private static let gatherDaysUsual = 7

  /// When members are told ahead; nil: not by this programme.
  func ahead(_ template: Template) -> Ahead? {
    guard template.isTold(by: self) else { return nil }
    let rules = templates[template.rawValue]
    return Ahead(
      daysAhead: rules?.daysAhead ?? Self.daysAheadUsual, gatherDays: rules?.gatherDays ?? Self.gatherDaysUsual)
  }
}

// MARK: Rows

extension Notice {
  func encode(to row: RowEncoder) {
    switch self {
    case .pointsTakenBack(let points, let purchase, let after):
      row.byte(1)
      row.int(points.value)
      row.string(purchase)
      after.encode(to: row)
    case .pointsAdjusted(let points, let after):
      row.byte(2)
      row.int(points.value)
      after.encode(to: row)
    case .pointsReleased(let points, let expiresAt, let after):
      row.byte(3)
      row.int(points.value)
      row.optionalInstant(expiresAt)
      after.encode(to: row)
    case .tierLost(let level, let previous, let heldUntil):
      row.byte(4)
      row.string(level)
      row.string(previous)
      row.optionalInstant(heldUntil)
    case .tierKept(let level, let heldUntil):
      row.byte(5)
      row.string(level)
      row.instant(heldUntil)
    case .standing(let standing):
      row.byte(6)
      row.string(standing.rawValue)
    case .welcome: row.byte(7)
    case .pointsExpiring(let points, let until, let lastUntil):
      row.byte(8)
      row.int(points.value)
      row.instant(until)
      row.optionalInstant(lastUntil)
    case .tierEnding(let level, let until, let missing):
      row.byte(9)
      row.string(level)
      row.instant(until)
      row.optionalInt(missing)
    }
  }

  init(from row: inout RowDecoder) throws {
    switch try row.byte() {
    case 1:
      self = .pointsTakenBack(
        points: try row.points(), purchase: try row.string(), after: try AccountAfter(from: &row))
    case 2: self = .pointsAdjusted(points: try row.points(), after: try AccountAfter(from: &row))
    case 3:
      self = .pointsReleased(
        points: try row.points(), expiresAt: try row.optionalInstant(), after: try AccountAfter(from: &row))
    case 4:
      self = .tierLost(level: try row.string(), previous: try row.string(), heldUntil: try row.optionalInstant())
    case 5: self = .tierKept(level: try row.string(), heldUntil: try row.instant())
    case 6:
      let word = try row.string()
      guard let standing = Standing.Name(rawValue: word) else { throw RowFormatError("an account that is \(word)") }
      self = .standing(standing)
    case 7: self = .welcome
    case 8:
      self = .pointsExpiring(
        points: try row.points(), until: try row.instant(), lastUntil: try row.optionalInstant())
    case 9:
      self = .tierEnding(level: try row.string(), until: try row.instant(), missing: try row.optionalInt())
    case let kind: throw RowFormatError("a notice of kind \(kind), which this release does not know")
    }
  }
}
