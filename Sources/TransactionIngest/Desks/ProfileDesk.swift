import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Keeps the index of contacts current with the members' profiles: it notes which contacts a member has, and tells the
/// partitions of those that came or went.
final class ProfileDesk {
  private let book: IngestBook
  private let check: ContactDigest
  private var isCheckKept: Bool

  init(_ book: IngestBook) throws {
    self.book = book
    check = book.contactForms.check
    let kept = try book.profiles.get(MemberContactsRow.checkKey)?.digests.first
    isCheckKept = kept == check
    guard kept == nil || isCheckKept || book.settings.acceptsNewSecret else {
      throw StreamError(
        .fatal,
        "the index of contacts was made under another --lookup-secret. Give the old one, or start once "
          + "with --new-lookup-secret and have loyalty.members read again from its beginning (docs/finding-members.md)")
    }
  }

  func process(_ profile: MemberProfile) throws {
    try keepCheck()
    let known = try book.profiles.get(profile.id)
    let mergedInto = try profile.mergedInto.flatMap { target in
      try book.erased.contains(target, happenedAt: profile.occurredAt) ? nil : target
    }
    let row = MemberContactsRow(
      digests: book.contactForms.all(of: profile), isActive: profile.status != .closed && profile.mergedInto == nil,
      mergedInto: mergedInto)
    guard row != known else { return }
    try book.profiles.put(profile.id, row)
    for digest in known?.digests ?? [] where !row.digests.contains(digest) { remove(digest, of: profile.id) }
    for digest in row.digests {
      let isNew = known?.digests.contains(digest) != true
      guard isNew || row.isActive != known?.isActive else { continue }
      // A profile that is new to ingest has its contacts since the member joined; another one since it changed.
      let since = known == nil ? min(profile.joinedAt ?? profile.occurredAt, profile.occurredAt) : profile.occurredAt
      add(digest, to: profile.id, since: since, isActive: row.isActive, isNew: isNew)
    }
    try forward(profile.id, from: known?.mergedInto, to: row.mergedInto, at: profile.occurredAt)
  }

  /// The member's profile is gone.
  func forget(_ memberId: String) throws {
    guard let known = try book.profiles.get(memberId) else { return }
    try book.profiles.remove(memberId)
    for digest in known.digests { remove(digest, of: memberId) }
    try forward(memberId, from: known.mergedInto, to: nil)
  }

  /// Takes back the forwardings of this partition's members to one who is erased; returns how many rows said so.
  func eraseMergers(into target: String) throws -> Int {
    let prefix = MemberContactsRow.mergersPrefix(into: target)
    let mergers = try book.profiles.scan(prefix: prefix).map { String($0.key.dropFirst(prefix.count)) }
    for memberId in mergers {
      if var row = try book.profiles.get(memberId) {
        row.mergedInto = nil
        try book.profiles.put(memberId, row)
      }
      try forward(memberId, from: target, to: nil)
    }
    return mergers.count
  }

  /// Publishes a merger that has changed, and notes by whom the new one is to be found.
  private func forward(_ memberId: String, from old: String?, to target: String?, at instant: Instant = .epoch) throws {
    guard target != old else { return }
    if let old { try book.profiles.remove(MemberContactsRow.mergerKey(of: memberId, into: old)) }
    if let target {
      try book.profiles.put(MemberContactsRow.mergerKey(of: memberId, into: target), MemberContactsRow(digests: []))
    }
    book.forward(memberId, to: target, at: instant)
  }

  /// Forgets a member for an erasure; returns how many answers are under way.
  func erase(_ memberId: String, requestId: String) throws -> Int {
    guard let known = try book.profiles.get(memberId) else { return 0 }
    try book.profiles.remove(memberId)
    for digest in known.digests { remove(digest, of: memberId, requestId: requestId) }
    try forward(memberId, from: known.mergedInto, to: nil)
    return known.digests.count
  }

  private func add(_ digest: ContactDigest, to memberId: String, since: Instant, isActive: Bool, isNew: Bool) {
    let owner = ContactRow.Owner(memberId: memberId, since: since, isActive: isActive)
    book.send(.contactAdded(digest, owner, isNew: isNew), key: digest.hexadecimal)
  }

  private func remove(_ digest: ContactDigest, of memberId: String, requestId: String? = nil) {
    book.send(
      .contactRemoved(digest, memberId: memberId, for: requestId.map { book.erasure($0) }), key: digest.hexadecimal)
  }

  private func keepCheck() throws {
    guard !isCheckKept else { return }
    try book.profiles.put(MemberContactsRow.checkKey, MemberContactsRow(digests: [check]))
    isCheckKept = true
  }
}
