import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Keeps members' profiles, and forgets members.
struct MemberDesk {
  private let book: MessageBook
  private let sending: [SendingDesk]
  private let erased: ErasedMembers
  private let settings: NotifierSettings
  private let partition: Int32

  init(
    _ book: MessageBook, _ sending: [SendingDesk], _ erased: ErasedMembers, _ settings: NotifierSettings,
    partition: Int32
  ) {
    self.book = book
    self.sending = sending
    self.erased = erased
    self.settings = settings
    self.partition = partition
  }

  /// The key must be the member's id: a tombstone has nothing else to name the profile by.
  func keep(_ profile: MemberProfile, key: UnsafeRawBufferPointer?) throws {
    guard let key, key.elementsEqual(profile.id.utf8) else {
      throw PoisonRecord(code: "key-mismatch", "the record's key is not the id of the member whose profile it holds")
    }
    let isNew = try book.profiles.get(profile.id) == nil
    try book.profiles.put(profile.id, ProfileRow(profile))
    if isNew { try book.profileArrived(profile, isConfigured: settings.has) }
  }

  func forgetProfile(key: UnsafeRawBufferPointer?) throws {
    guard let key else { throw PoisonRecord(code: "no-key", "a tombstone without a key names no member") }
    try book.profiles.remove(String(decoding: key, as: UTF8.self))
  }

  /// What is on its way to the member is called back where it has not left yet.
  func take(_ task: PrivacyTask, _ traceparent: UnsafeRawBufferPointer?) throws {
    guard task.isFor(.notifier), task.kind == .erase else { return }
    var rowsErased = 0
    if try book.profiles.get(task.memberId) != nil {
      try book.profiles.remove(task.memberId)
      rowsErased += 1
    }
    for (key, _) in try book.messages(of: task.memberId) {
      try book.remove(key)
      rowsErased += 1
      for desk in sending { desk.callBack(key) }
    }
    try erased.remember(task)
    book.report(
      task.report(by: .notifier, partition: partition, rowsErased: rowsErased, at: task.occurredAt),
      traceparent: traceparent)
  }
}
