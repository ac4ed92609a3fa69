import Contracts
import Loyalty
import ServiceKit

/// `loyalty tier set MEMBER LEVEL`: gives a member a level until a date.
enum TierSet: Subcommand {
  private static let level = Setting.text("level", help: "The level's id.")
  private static let until = Setting.text(
    "until", placeholder: "INSTANT",
    help: "The level holds exactly until then, RFC 3339; then what the member has earned is judged.")
  private static let actor = Setting.text("actor", help: "Who decided it.")
  private static let reason = Setting.text("reason", help: "Why.")

  static let command = CommandDeclaration(
    "set", summary: "give a member a level by hand; exit code 4 when it is refused.",
    arguments: [MemberCommandSettings.member, level], settings: [until, actor, reason] + MemberCommandSettings.all)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let target = try MemberCommandTarget(context)
    let command = TierCommand(
      id: target.commandId, memberId: target.memberId, programId: target.programId, level: context.settings[level],
      until: try context.settings.instant(until), occurredAt: target.occurredAt, actor: context.settings[actor],
      reason: context.settings[reason])
    return try TierSetRun(context: context, command: command).run()
  }
}
