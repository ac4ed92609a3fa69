import Contracts
import Loyalty

/// Keeps of each member's profile what conditions may ask for, and nothing that tells who it is.
struct TraitsDesk {
  private let book: AccountBook

  init(_ book: AccountBook) {
    self.book = book
  }

  func take(_ profile: MemberProfile) throws {
    let traits = profile.traits
    guard try book.traits.get(profile.id) != traits else { return }
    try book.traits.put(profile.id, traits)
  }

  /// The member's profile is gone.
  func forget(key: UnsafeRawBufferPointer?) throws {
    guard let key else { return }
    try book.traits.remove(String(decoding: key, as: UTF8.self))
  }
}
