import Contracts
import Inquiry
import JSON
import ServiceKit

/// `loyalty keys list`: whose signatures count.
enum KeysList: Subcommand {
  static let command = CommandDeclaration("list", summary: "list the keys that were published, revoked ones too.")

  static func run(_ context: CommandContext) throws -> ExitCode {
    let signers = try PublishedSigners.read(context.cluster)
    context.tell(signers.isEmpty ? "no key is published" : text(signers), .array(signers.map(\.json)))
    return .done
  }

  private static func text(_ signers: [Signer]) -> String {
    var table = TextTable(["KEY", "ACTOR", "FROM", "UNTIL", "REVOKED"])
    for each in signers {
      table.add([
        each.keyId, each.actor, each.validFrom?.rfc3339 ?? "", each.validUntil?.rfc3339 ?? "",
        each.revokedAt?.rfc3339 ?? "",
      ])
    }
    return table.text()
  }
}
