import Contracts
import MessageFeedback
import ServiceDomain
import StreamRuntime

/// The last question before a message goes out: whether its contact is on `loyalty.suppressions`. One thread, that of
/// the task.
///
/// While the list cannot be asked nothing is sent, and messages wait: where it holds more than a worker keeps, or
/// entries under a secret that this worker was not given, nobody knows who is on it.
final class SuppressionList: Shelf {
  private let table: GlobalTable
  private let secret: FeedbackSecret?
  private let figures: FeedbackFigures
  private let log: StreamLog
  private var version = 0
  /// Keys of entries under other secrets than this worker's.
  private var foreign: Set<[UInt8]> = []

  init(_ context: ProcessorContext, _ secret: FeedbackSecret?, _ figures: FeedbackFigures) {
    table = context.global(Topic.suppressions.name)
    self.secret = secret
    self.figures = figures
    log = context.log
  }

  /// Takes in what came since the last call.
  func refresh() {
    guard table.version != version else { return }
    let own = secret.map { Array("\($0.id):".utf8) }
    table.forEachChange(after: version, startingOver: { foreign = [] }) { key, value in
      if let own, key.starts(with: own) { return }
      if value == nil { foreign.remove(Array(key)) } else { foreign.insert(Array(key)) }
    }
    version = table.version
    let why = problem
    figures.found(contacts: table.keyCount, isUsable: why == nil)
    guard let why, figures.isNews(why) else { return }
    log(
      .error, "no message is sent, for the suppression list cannot be asked; messages wait and none is lost",
      [
        ("reason", why), ("contacts", "\(table.keyCount)"), ("underOtherSecrets", "\(foreign.count)"),
        ("leftOut", "\(table.leftOut)"),
      ])
  }

  private var problem: String? {
    if table.leftOut > 0 {
      return
        "it holds more than a worker keeps, \(ContactSuppression.contactsMax) contacts and "
        + "\(ContactSuppression.bytesMax >> 20) MiB: take contacts from it that nobody writes to any more "
        + "(loyalty suppressions list, remove)"
    }
    guard !foreign.isEmpty else { return nil }
    return
      "it has entries under another --feedback-secret than this worker's: give it the one under which they were made, or "
      + "take them from the list (loyalty suppressions list, remove --digest)"
  }

  /// Whether messages may go out at all.
  var isUsable: Bool { foreign.isEmpty && table.leftOut == 0 }

  /// Why nothing is sent to this address; nil: it is not on the list.
  func reason(_ address: Suppression.Address) -> String? {
    guard let secret, table.keyCount > 0, let contact = address.contact else { return nil }
    return entry(secret.digest(of: contact)).map { Self.code(of: $0.reason) }
  }

  /// What the list has under a digest.
  func entry(_ digest: String) -> ContactSuppression? {
    guard let secret, let value = table.value(of: Array(ContactSuppression.key(secret.id, digest).utf8)) else {
      return nil
    }
    let suppression = value.withUnsafeBytes { try? ContactSuppression(decoding: $0) }
    return suppression?.isSuppressed == true ? suppression : nil
  }

  /// On `loyalty.notifications`.
  static func code(of reason: ContactSuppression.Reason) -> String { "suppressed-\(reason.rawValue)" }

  /// Whoever does not want the message by this channel is not told by another one either.
  static func silences(_ reason: String) -> Bool {
    ContactSuppression.Reason.allCases.contains { $0.isWish && code(of: $0) == reason }
  }
}

extension Suppression.Address {
  /// nil where it has no spelling of its own, and so is on no list.
  var contact: Contact? {
    switch self {
    case .email(let mailbox): Contact(email: mailbox.address)
    case .phone(let number): Contact(phone: number)
    // Each has one of its own.
    case .devices(let devices): devices.count == 1 ? Contact(deviceToken: devices[0].token) : nil
    }
  }
}
