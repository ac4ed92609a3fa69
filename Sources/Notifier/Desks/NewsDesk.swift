import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Turns ledger entries, tier changes and answers to claims into messages: one for a cause, however many entries it
/// made and however often they come.
struct NewsDesk {
  private let book: MessageBook
  private let settings: NotifierSettings
  private let programs: ProgramShelf
  private let gathering: PointsGathering

  /// How long a booking's entries may keep each other waiting.
  private static let collectWithinMs: Int64 = Instant.hourMs

  init(_ book: MessageBook, _ programs: ProgramShelf, _ settings: NotifierSettings) {
    self.book = book
    self.programs = programs
    self.settings = settings
    gathering = PointsGathering(book, programs, settings)
  }

  /// A profile has taken the place of another one. Profiles are no programme's: it is told in the name of the first in
  /// force, and by nobody where there is none.
  func process(_ new: MemberProfile, after old: MemberProfile) throws {
    guard new.mergedInto == nil else { return }
    for change in ContactChange.changes(from: old, to: new) {
      guard let program = programs.inForce(at: new.occurredAt).first else { return }
      let announcement = Announcement(
        news: .contactChanged(change.contact), programId: program.id, programVersion: program.version,
        cause: "profile:\(new.occurredAt.milliseconds)", occurredAt: new.occurredAt, traceparent: book.traceparent)
      let key = key(new.id, announcement)
      guard try book.message(key) == nil else { continue }
      try announce(key, announcement, knownSince: new.occurredAt, to: change)
    }
  }

  /// A member's first profile: the first programme in force that welcomes members does so. Who joined long ago, or
  /// nobody knows when, is known here late, and no new member.
  ///
  /// - Parameter now: by whose programmes.
  func welcome(_ profile: MemberProfile, joinedAt: Instant, at now: Instant) throws {
    guard profile.mergedInto == nil,
      let program = programs.inForce(at: now).first(where: { Template.welcome.isTold(by: $0.messages) })
    else { return }
    let announcement = Announcement(
      news: .notice(.welcome), programId: program.id, programVersion: program.version, cause: "joined",
      occurredAt: joinedAt, traceparent: book.traceparent)
    let key = key(profile.id, announcement)
    guard try book.message(key) == nil, !isStale(announcement, profile.occurredAt) else { return }
    try announce(key, announcement, knownSince: profile.occurredAt)
  }

  /// Whether a member who joined then is to be welcomed still.
  func isNew(_ joinedAt: Instant) -> Bool { book.nowMs - joinedAt.milliseconds <= settings.announceWithinMs }

  /// Tells what is to come, once for a cause.
  func tellAhead(_ notice: Notice, to memberId: String, _ program: Program, cause: String, at now: Instant) throws {
    let announcement = Announcement(
      news: .notice(notice), programId: program.id, programVersion: program.version, cause: cause, occurredAt: now,
      traceparent: nil)
    let key = key(memberId, announcement)
    guard try book.message(key) == nil else { return }
    try announce(key, announcement, knownSince: now)
  }

  func process(_ change: TierChange) throws {
    guard var announcement = Announcement(change), isTold(announcement) else { return }
    let key = key(change.memberId, announcement)
    guard try book.message(key) == nil else { return }
    announcement.traceparent = book.traceparent
    try announce(key, announcement, knownSince: announcement.occurredAt)
  }

  func process(_ status: ClaimStatus) throws {
    guard var announcement = Announcement(status) else { return }
    let key = key(status.memberId, announcement)
    guard try book.message(key) == nil else { return }
    announcement.traceparent = book.traceparent
    try announce(key, announcement, knownSince: status.occurredAt)
  }

  func process(_ entry: LedgerEntry) throws {
    guard var announcement = Announcement(entry), isTold(announcement) else { return }
    let key = key(entry.memberId, announcement)
    var gathered = 1
    switch try book.message(key) {
    case nil:
      announcement.traceparent = book.traceparent
      if announcement.isOneEntry { return try announce(key, announcement, knownSince: entry.bookedAt) }
    case .collecting(let earlier, let count, let lastEntry, _):
      guard entry.bookingEntry > lastEntry else { return }
      announcement = earlier
      announcement.add(entry)
      gathered = count + 1
    // Its message has been made.
    case .queued, .attempting, .told, .undelivered: return
    }
    guard entry.bookingEntry == entry.bookingOf else {
      return try book.put(
        key,
        .collecting(
          announcement, gathered: gathered, lastEntry: entry.bookingEntry,
          giveUpAtMs: book.nowMs + Self.collectWithinMs))
    }
    guard gathered == entry.bookingOf else { return try Self.giveUp(key, announcement, book) }
    try announce(key, announcement, knownSince: entry.bookedAt)
  }

  /// An entry of the booking did not arrive (it may lie among the dead letters): no message is better than a wrong one.
  static func giveUp(_ key: MessageKey, _ announcement: Announcement, _ book: MessageBook) throws {
    try book.suppress(key, announcement, .init(channel: .email), reason: "booking-incomplete")
  }

  private func announce(
    _ key: MessageKey, _ announcement: Announcement, knownSince: Instant, to change: ContactChange? = nil
  ) throws {
    let program = announcement.program(in: programs.catalog)
    var delivery = MessageRow.Delivery(
      channel: change?.channel ?? .email, messageClass: announcement.template.messageClass(by: program?.messages),
      contact: change?.former)
    delivery.bookedAt = knownSince
    let verdict: Suppression.Verdict
    (delivery.channel, verdict) = try book.route(
      key.memberId, announcement.template, delivery, by: program?.messages)
    delivery.carrier = try book.carrier(delivery.channel, announcement, delivery, key.memberId)
    delivery.validUntilMs = book.nowMs + settings.rules(program?.messages, of: delivery).validMs
    if let end = announcement.validUntil, let validMs = delivery.validUntilMs {
      delivery.validUntilMs = min(validMs, end.milliseconds)
    }
    if !announcement.isNews { return try book.suppress(key, announcement, delivery, reason: "no-points") }
    if isStale(announcement, knownSince) {
      return try book.suppress(key, announcement, delivery, reason: "stale")
    }
    if case .suppress(let reason) = verdict, reason != Suppression.noProfile {
      return try book.suppress(key, announcement, delivery, reason: reason)
    }
    if try gathering.takes(key, announcement, delivery, program) { return }
    switch verdict {
    case .send: try book.put(key, .queued(announcement, delivery, atMs: gathering.firstMs(announcement)))
    // Profiles come on a topic of their own, and somebody who joins at the till has bought before theirs is there.
    case .suppress:
      try book.put(key, .queued(announcement, delivery, atMs: book.nowMs + settings.profileWaitMs))
    }
  }

  private func isTold(_ announcement: Announcement) -> Bool {
    guard announcement.template.isAskedFor else { return true }
    return announcement.template.isTold(by: announcement.program(in: programs.catalog)?.messages)
  }

  /// News is stale when it is too old as it reaches the member. On stream time nothing reaches a member but through
  /// their own events, and topics of one partition may be months apart, so there it counts how far the member's own
  /// clock had gone when the news was made: `knownSince`.
  private func isStale(_ announcement: Announcement, _ knownSince: Instant) -> Bool {
    let nowMs = book.clockMode == .wall ? book.nowMs : knownSince.milliseconds
    return nowMs - announcement.occurredAt.milliseconds > settings.announceWithinMs
  }

  private func key(_ memberId: String, _ announcement: Announcement) -> MessageKey {
    MessageKey(
      memberId: memberId, programId: announcement.programId, cause: announcement.subject,
      template: announcement.template)
  }
}
