import Contracts
import Loyalty
import ServiceDomain

/// Puts what several bookings gave into one message: those of a day where the programme says so, and those of one
/// purchase in several programmes. The booking's own message ends as `in-digest` or `told-together`, and is remembered,
/// so that its cause gives nothing a second time.
struct PointsGathering {
  static let inDigest = "in-digest"
  static let toldTogether = "told-together"
  /// How long points of a purchase wait for what it gave in other programmes, which are booked with one commit.
  static let togetherMs: Int64 = 2_000
  /// A digest that is on its way already takes no more: the next day's does.
  private static let daysAheadMax = 3

  private let book: MessageBook
  private let programs: ProgramShelf
  private let settings: NotifierSettings

  init(_ book: MessageBook, _ programs: ProgramShelf, _ settings: NotifierSettings) {
    self.book = book
    self.programs = programs
    self.settings = settings
  }

  /// Whether another message tells it.
  func takes(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: MessageRow.Delivery, _ program: Program?
  ) throws -> Bool {
    guard case .pointsEarned(let earned) = announcement.news else { return false }
    if let program, let closesAt = program.messages.templates[announcement.template.rawValue]?.digestAt {
      let profile = try book.profile(key.memberId)
      let calendar = profile?.timeZone.flatMap { ZoneCalendar.shared($0) } ?? program.calendar
      guard try addToDigest(key.memberId, announcement, earned, delivery, program, closesAt, calendar) else {
        return false
      }
      try book.conclude(key, announcement, delivery, .suppressed, reason: Self.inDigest)
      return true
    }
    guard earned.byPurchase, try addToPartner(key.memberId, announcement, earned, delivery) else { return false }
    try book.conclude(key, announcement, delivery, .suppressed, reason: Self.toldTogether)
    return true
  }

  /// When a message may go, for all that is known now.
  func firstMs(_ announcement: Announcement) -> Int64 {
    guard case .pointsEarned(let earned) = announcement.news, earned.byPurchase, hasPartners(announcement) else {
      return book.nowMs
    }
    return book.nowMs + Self.togetherMs
  }

  // MARK: A day's

  private func addToDigest(
    _ memberId: String, _ announcement: Announcement, _ earned: EarnedPoints, _ delivery: MessageRow.Delivery,
    _ program: Program, _ closesAt: Int, _ calendar: ZoneCalendar
  ) throws -> Bool {
    let (today, timeMs) = calendar.dayAndTime(of: Instant(milliseconds: book.nowMs))
    let first = timeMs < Int64(closesAt) * 60_000 ? 0 : 1
    for ahead in first..<(first + Self.daysAheadMax) {
      let day = today.adding(days: ahead)
      let cause = "digest:\(day.text)"
      let key = MessageKey(memberId: memberId, programId: program.id, cause: cause, template: .pointsDigest)
      switch try book.message(key) {
      case nil:
        let closesMs = Self.instant(of: day, at: closesAt, calendar).milliseconds
        var own = delivery
        own.validUntilMs = closesMs + settings.rules(program.messages, .service, by: delivery.channel).validMs
        let digest = Announcement(
          news: .pointsDigest(DigestedPoints(earned)), programId: program.id, programVersion: program.version,
          cause: cause, occurredAt: announcement.occurredAt, traceparent: announcement.traceparent)
        own.carrier = try book.carrier(delivery.channel, digest, own, memberId)
        try book.put(key, .queued(digest, own, atMs: closesMs))
        return true
      case .queued(var digest, let own, let atMs)?:
        guard own.attempts == 0, case .pointsDigest(var points) = digest.news else { continue }
        points.add(earned)
        digest.news = .pointsDigest(points)
        try book.put(key, .queued(digest, own, atMs: atMs))
        return true
      case .collecting?, .attempting?, .told?, .undelivered?: continue
      }
    }
    return false
  }

  private static func instant(of day: LocalDate, at minutes: Int, _ calendar: ZoneCalendar) -> Instant {
    let local = Int64(day.daysSinceEpoch) * Instant.dayMs + Int64(minutes) * 60_000
    // Skipped by the clocks: as long after the day's start as on other days.
    return calendar.instant(showing: local) ?? calendar.start(of: day).advanced(byMilliseconds: Int64(minutes) * 60_000)
  }

  // MARK: One purchase

  private func hasPartners(_ announcement: Announcement) -> Bool {
    programs.inForce(at: announcement.occurredAt).contains { $0.id != announcement.programId }
  }

  private func addToPartner(
    _ memberId: String, _ announcement: Announcement, _ earned: EarnedPoints, _ delivery: MessageRow.Delivery
  ) throws -> Bool {
    for other in programs.inForce(at: announcement.occurredAt) where other.id != announcement.programId {
      let key = MessageKey(
        memberId: memberId, programId: other.id, cause: announcement.subject, template: announcement.template)
      guard case .queued(var partner, let its, let atMs)? = try book.message(key), its.attempts == 0,
        its.messageClass == delivery.messageClass, partner.also.count < AlsoEarned.perMessageMax
      else { continue }
      partner.also.append(
        AlsoEarned(
          programId: announcement.programId, programVersion: announcement.programVersion, points: earned.points))
      try book.put(key, .queued(partner, its, atMs: atMs))
      return true
    }
    return false
  }
}
