import Loyalty
import ServiceKit

/// `loyalty points adjust MEMBER`: a manual award or deduction.
enum PointsAdjust: Subcommand {
  private static let points = Setting.integer(
    "points", in: -MemberCommandSettings.pointsMax...MemberCommandSettings.pointsMax, unit: "points",
    help: "How many are awarded, or below 0 deducted.")
  private static let actor = Setting.text("actor", help: "Who decided it.")
  private static let reason = Setting.text("reason", help: "Why.")

  static let command = CommandDeclaration(
    "adjust",
    summary:
      "award or deduct points by hand; exit code 4 when the programme refuses, 7 when it is so much that it waits "
      + "for another person's approval.",
    arguments: [MemberCommandSettings.member], settings: [points, actor, reason] + MemberCommandSettings.all)

  static func run(_ context: CommandContext) throws -> ExitCode {
    guard context.settings[points] != 0 else {
      throw ConfigurationError([context.settings.problem(points, "needs another number than 0")])
    }
    let target = try MemberCommandTarget(context)
    let command = MemberCommand(
      id: target.commandId, kind: .adjust(points: Points(Int64(context.settings[points]))),
      memberId: target.memberId, programId: target.programId, occurredAt: target.occurredAt,
      actor: context.settings[actor], reason: context.settings[reason])
    return try PointsRun(
      context: context, command: command, answers: [.pointsAdjusted, .adjustmentProposed, .adjustmentRefused]
    ).run()
  }
}
