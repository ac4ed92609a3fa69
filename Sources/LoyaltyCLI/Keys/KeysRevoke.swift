import Contracts
import Inquiry
import Loyalty
import ServiceKit

/// `loyalty keys revoke KEY`: nothing signed with it counts any more.
enum KeysRevoke: Subcommand {
  private static let key = Setting.text("key", placeholder: "ID", help: "The key's id.")

  static let command = CommandDeclaration(
    "revoke", summary: "let nothing that is signed with a key count any more, for good.", arguments: [key],
    settings: [CommandContext.yes])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let id = context.settings[key]
    let known = try PublishedSigners.read(context.cluster)
    guard var signer = known.first(where: { $0.keyId == id }) else {
      let others = known.isEmpty ? "none is" : "there is: \(known.map(\.keyId).joined(separator: ", "))"
      throw CommandFailure("no key \(id) is published; \(others)", exitCode: .refused)
    }
    if signer.revokedAt == nil {
      try context.confirm("the key \(id) of \(signer.actor) is revoked, for good")
      signer.revokedAt = Instant(milliseconds: LogOutput.wallClockMs())
      try signer.publish(context.cluster)
    }
    context.tell("The key \(id) of \(signer.actor) is revoked", signer.json)
    return .done
  }
}
