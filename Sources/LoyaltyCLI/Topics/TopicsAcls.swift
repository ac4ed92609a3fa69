import Contracts
import JSON
import ServiceKit

/// `loyalty topics acls`: what each service and this command need of the cluster, as calls of Kafka's own tool.
enum TopicsAcls: Subcommand {
  private static let principalPrefix = Setting.text(
    "principal-prefix", default: "User:",
    help: "What stands before a program's name in the principal, such as User:CN= for certificates.")

  static let command = CommandDeclaration(
    "acls",
    summary: "print the rights that the services and this command need, as a script around kafka-acls.sh; needs no "
      + "broker. Its arguments say where the cluster is: loyalty topics acls | sh -s -- --bootstrap-server HOST:PORT",
    settings: [principalPrefix])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let prefix = context.settings[principalPrefix]
    let commands = AccessRules.all.map { $0.command(principalPrefix: prefix) }
    context.tell((["set -e"] + commands).joined(separator: "\n"), .array(commands.map { .string($0) }))
    return .done
  }
}
