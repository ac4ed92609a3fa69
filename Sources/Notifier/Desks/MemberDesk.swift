import Contracts
import Loyalty
import ServiceDomain

/// Keeps members' profiles, and forgets members.
struct MemberDesk {
  private let book: MessageBook
  private let news: NewsDesk
  private let outlooks: OutlookDesk
  private let programs: ProgramShelf
  private let sending: [SendingDesk]
  private let preferences: PreferenceDesk

  init(
    _ book: MessageBook, _ news: NewsDesk, _ outlooks: OutlookDesk, _ programs: ProgramShelf, _ sending: [SendingDesk],
    _ preferences: PreferenceDesk
  ) {
    self.book = book
    self.news = news
    self.outlooks = outlooks
    self.programs = programs
    self.sending = sending
    self.preferences = preferences
  }

  func keep(_ profile: MemberProfile) throws {
    let former = try book.profiles.get(profile.id)?.profile
    try book.profiles.put(profile.id, ProfileRow(profile))
    guard let former else {
      try book.profileArrived(profile)
      // Whoever sets the platform up may import members first.
      guard !programs.inForce(at: profile.occurredAt).isEmpty else { return try outlooks.awaitProgramme(profile) }
      guard let joinedAt = profile.joinedAt else { return }
      return try news.welcome(profile, joinedAt: joinedAt, at: profile.occurredAt)
    }
    try news.process(profile, after: former)
  }

  /// The member's profile is gone.
  func forget(_ memberId: String) throws { try book.profiles.remove(memberId) }

  /// What is on its way to the member is called back where it has not left yet. Says how many rows went.
  func erase(_ task: PrivacyTask) throws -> Int {
    var rowsErased = 0
    if let row = try book.profiles.get(task.memberId) {
      rowsErased += try book.feedback.forget(row.profile)
      try book.profiles.remove(task.memberId)
      rowsErased += 1
    }
    rowsErased += try preferences.erase(task.memberId)
    if try book.forgetDays(of: task.memberId) { rowsErased += 1 }
    rowsErased += try outlooks.erase(task.memberId)
    for (key, _) in try book.messages(of: task.memberId) {
      try book.remove(key)
      rowsErased += try book.feedback.forget(key) ? 2 : 1
      for desk in sending { desk.callBack(key) }
    }
    return rowsErased
  }
}
