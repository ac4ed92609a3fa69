import Contracts
import Inquiry
import JSON
import ServiceKit

/// `loyalty suppressions list`: whom nothing is sent to, by digests.
enum SuppressionsList: Subcommand {
  private static let reason = Setting<ContactSuppression.Reason>.choice(
    "reason", help: "Only those that are there for this reason."
  ).optional.flagOnly

  static let command = CommandDeclaration(
    "list",
    summary: "list the contacts that nothing is sent to, the latest first. Digests stand for them: `suppressions find` "
      + "says whether one of them is a given contact's.",
    settings: [reason])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let found = try SuppressionReading.read(context.cluster)
    let wanted = context.settings[reason]
    let shown = found.suppressed.filter { wanted == nil || $0.reason == wanted }
    context.tell(
      shown.isEmpty ? "nobody is on the list" : text(shown),
      .fields(["suppressed": .array(shown.map(\.json)), "released": .count(found.released)]))
    return .done
  }

  private static func text(_ suppressions: [ContactSuppression]) -> String {
    var table = TextTable(["DIGEST", "CHANNEL", "REASON", "SINCE", "CODE", "BY", "SECRET"])
    for each in suppressions {
      table.add([
        each.digest, each.channel.rawValue, each.reason.rawValue, each.occurredAt.rfc3339, each.code ?? "",
        each.actor ?? each.notificationId ?? "", each.secretId,
      ])
    }
    return table.text()
  }
}

extension ContactSuppression {
  var json: JSONValue {
    .fields([
      "digest": .string(digest), "channel": .string(channel.rawValue), "reason": .string(reason.rawValue),
      "suppressed": .bool(isSuppressed), "occurredAt": .instant(occurredAt), "actor": actor.map { .string($0) },
      "notificationId": notificationId.map { .string($0) }, "code": code.map { .string($0) },
      "secretId": .string(secretId),
    ])
  }
}
