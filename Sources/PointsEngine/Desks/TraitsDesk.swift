import Contracts
import Loyalty

/// Keeps of each member's profile what conditions may ask for, and nothing that tells who it is.
struct TraitsDesk {
  private let book: AccountBook

  init(_ book: AccountBook) {
    self.book = book
  }

  func process(_ profile: MemberProfile) throws {
    let traits = profile.traits
    guard try book.traits.get(profile.id) != traits else { return }
    try book.traits.put(profile.id, traits)
  }

  /// The member's profile is gone.
  func forget(_ memberId: String) throws { try book.traits.remove(memberId) }
}
