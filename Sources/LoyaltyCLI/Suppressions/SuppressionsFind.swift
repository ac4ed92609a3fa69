import Contracts
import Inquiry
import JSON
import ServiceKit

/// `loyalty suppressions find CONTACT`: whether and why nothing is sent to a contact.
enum SuppressionsFind: Subcommand {
  static let command = CommandDeclaration(
    "find", summary: "say whether contacts are on the list, and why.", arguments: [GivenContacts.contact],
    settings: [FeedbackFlags.secret])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let secret = try FeedbackFlags.givenSecret(context)
    let digests = try GivenContacts.read(context.settings[GivenContacts.contact]).map(secret.digest)
    let known = try SuppressionReading.read(context.cluster).suppressed
    let found = known.filter { $0.secretId == secret.id && digests.contains($0.digest) }
    let lines = found.map {
      "\($0.digest): \($0.channel.rawValue), \($0.reason.rawValue), since \($0.occurredAt.rfc3339)"
    }
    context.tell(
      lines.isEmpty ? "not on the list" : lines.joined(separator: "\n"), .array(found.map(\.json)))
    return .done
  }
}
