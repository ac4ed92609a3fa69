import Contracts
import Inquiry
import ServiceKit

/// `loyalty suppressions remove CONTACT`: messages go there again. Who decided it stays on the topic.
enum SuppressionsRemove: Subcommand {
  private static let digest = Setting.text(
    "digest", placeholder: "DIGEST", help: "The entry's digest, as `suppressions list` shows it, in place of a contact."
  ).optional.flagOnly

  static let command = CommandDeclaration(
    "remove",
    summary: "take contacts from the list, so that messages go there again; that, and who decided it, stays recorded.",
    arguments: [GivenContacts.optionalContact], settings: [digest, SuppressionsAdd.actor, FeedbackFlags.secret])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let known = try SuppressionReading.read(context.cluster).suppressed
    var found = try wanted(context, known)
    guard !found.isEmpty else { throw CommandFailure("not on the list; nothing is done", exitCode: .refused) }
    for index in found.indices {
      found[index].isSuppressed = false
      found[index].actor = context.settings[SuppressionsAdd.actor]
      found[index].notificationId = nil
      found[index].occurredAt = FeedbackFlags.now
    }
    try found.publish(context.cluster)
    context.tell("\(found.count) taken from the list", .fields(["removed": .array(found.map(\.json))]))
    return .done
  }

  private static func wanted(
    _ context: CommandContext, _ known: [ContactSuppression]
  ) throws -> [ContactSuppression] {
    switch (context.settings[GivenContacts.optionalContact], context.settings[digest]) {
    case (nil, let digest?): return known.filter { $0.digest == digest }
    case (let contact?, nil):
      let secret = try FeedbackFlags.givenSecret(context)
      let digests = Set(try GivenContacts.read(contact).map(secret.digest))
      return known.filter { $0.secretId == secret.id && digests.contains($0.digest) }
    default:
      throw ConfigurationError([context.settings.problem(digest, "stands in place of a contact: name one of the two")])
    }
  }
}
