import Contracts
import Inquiry
import JSON
import MessageFeedback
import ServiceKit

/// `loyalty suppressions add CONTACT`: nothing is sent there any more.
enum SuppressionsAdd: Subcommand {
  private static let reason = Setting.choice(
    "reason", default: ContactSuppression.Reason.byHand, help: "Why, as `loyalty.notifications` will say it."
  ).flagOnly
  static let actor = Setting.text("actor", help: "Who decided it.")

  static let command = CommandDeclaration(
    "add", summary: "send nothing to a contact any more, whoever's it is or will be. Its digest alone is kept.",
    arguments: [GivenContacts.contact], settings: [reason, actor, FeedbackFlags.secret])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let secret = try FeedbackFlags.givenSecret(context)
    let contacts = try GivenContacts.read(context.settings[GivenContacts.contact])
    let known = try SuppressionReading.read(context.cluster).suppressed
    let listed = Set(known.map(\.key))
    let now = FeedbackFlags.now
    var made: [String: ContactSuppression] = [:]
    for contact in contacts {
      let new = ContactSuppression(
        secretId: secret.id, digest: secret.digest(of: contact), channel: contact.channel,
        reason: context.settings[reason], actor: context.settings[actor], occurredAt: now)
      if !listed.contains(new.key) { made[new.key] = new }
    }
    guard known.count + made.count <= ContactSuppression.contactsMax else {
      throw CommandFailure(
        "the list would hold more than the \(ContactSuppression.contactsMax) contacts that workers keep, and no message "
          + "would go out; take contacts from it that nobody writes to any more", exitCode: .refused)
    }
    if let other = known.first(where: { $0.secretId != secret.id }) {
      throw CommandFailure(
        "the list was made under another --feedback-secret (\(other.secretId), this one is \(secret.id)); give that one",
        exitCode: .refused)
    }
    let added = made.values.sorted { $0.key < $1.key }
    try added.publish(context.cluster)
    let before = Set(contacts.map { secret.digest(of: $0) }).count - added.count
    context.tell(
      "\(added.count) put on the list" + (before > 0 ? ", \(before) there before" : ""),
      .fields(["added": .array(added.map(\.json)), "thereBefore": .count(before)]))
    return .done
  }
}

extension [ContactSuppression] {
  func publish(_ cluster: Cluster) throws {
    guard !isEmpty else { return }
    let records = try RecordWriter(cluster, topic: .suppressions)
    defer { records.close() }
    for each in self {
      var writer = JSONWriter()
      each.encode(to: &writer)
      try records.write(key: each.key, value: writer)
    }
    try records.finish()
  }
}
