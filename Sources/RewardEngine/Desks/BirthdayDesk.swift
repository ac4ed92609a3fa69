import Contracts
import Loyalty
import Rewards

/// Waits for members' birthdays: the day begins in each programme's own zone.
struct BirthdayDesk {
  private let book: RewardBook
  private let issues: IssueDesk

  init(_ book: RewardBook, _ issues: IssueDesk) {
    self.book = book
    self.issues = issues
  }

  func process(_ profile: MemberProfile) throws {
    guard let birthday = profile.traits.birthday else { return try forget(profile.id) }
    guard try book.birthdays.get(profile.id)?.birthday != birthday else { return }
    try book.birthdays.put(profile.id, BirthdayRow(birthday, knownSince: max(book.now, profile.occurredAt)))
  }

  func forget(_ memberId: String) throws {
    guard try book.birthdays.get(memberId) != nil else { return }
    try book.birthdays.remove(memberId)
  }

  /// The day has begun somewhere.
  func wake(_ memberId: String, _ row: BirthdayRow) throws {
    var nextStart: Instant?
    for program in book.programs.inForce(at: book.now) where program.issues.contains(where: { $0.cause == .birthday }) {
      let (start, end) = (program.calendar.start(of: row.day), program.calendar.start(of: row.day.adding(days: 1)))
      guard start <= book.now else {
        nextStart = min(start, nextStart ?? start)
        continue
      }
      // Who came when it was over there waits for the next one.
      if end > row.knownSince { try issues.issue(.birthday, to: memberId, in: program.id, at: start) }
    }
    var next = row.nextYear
    if let nextStart {
      next = row
      next.wakeAt = nextStart
    }
    try book.birthdays.put(memberId, next)
  }
}
