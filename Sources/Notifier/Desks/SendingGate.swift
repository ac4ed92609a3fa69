import Contracts
import Loyalty

/// Whether a message that has everything may go at this moment: its hours, its class's cap a day, and the pace of its
/// recipient's domain.
struct SendingGate {
  private let book: MessageBook
  private let settings: NotifierSettings
  private let pool: SenderPool

  init(_ book: MessageBook, _ settings: NotifierSettings, _ pool: SenderPool) {
    self.book = book
    self.settings = settings
    self.pool = pool
  }

  /// Else the row waits for its time, or is given up. One that may go is counted for its day.
  func mayGoNow(
    _ key: MessageKey, _ announcement: Announcement, _ delivery: inout MessageRow.Delivery, _ profile: MemberProfile?,
    _ program: Program, to address: Suppression.Address
  ) throws -> Bool {
    let channel = delivery.channel
    let rules = settings.rules(program.messages, of: delivery)
    let calendar = profile?.timeZone.flatMap { ZoneCalendar.shared($0) } ?? program.calendar
    let now = Instant(milliseconds: book.nowMs)
    let today = calendar.day(of: now)
    let isCounted = delivery.countedOn == today
    let time = try SendingTime(
      of: rules, at: now, validUntil: delivery.validUntilMs.map { Instant(milliseconds: $0) }, in: calendar
    ) { day in
      let count = try book.count(key.memberId, program.id, delivery.messageClass, by: channel, on: day)
      return isCounted && day == today ? count - 1 : count
    }
    switch time {
    case .tooLate(let reason):
      try book.giveUp(key, announcement, delivery, reason: reason)
      return false
    case .later(let at):
      try book.put(key, .queued(announcement, delivery, atMs: at.milliseconds))
      return false
    case .now: break
    }
    if let domain = address.domain, let waitMs = pool.waitMs(for: domain) {
      // Not all at once when the wait is over.
      let atMs = book.nowMs + waitMs + DeliveryPolicy.spreadMs(waitMs, key.id)
      try book.put(key, .queued(announcement, delivery, atMs: min(atMs, delivery.validUntilMs ?? atMs)))
      return false
    }
    guard rules.perDayMax != nil, !isCounted else { return true }
    try book.addToDay(key.memberId, program.id, delivery.messageClass, by: channel, on: today)
    delivery.countedOn = today
    return true
  }
}
