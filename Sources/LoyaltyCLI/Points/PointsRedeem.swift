import Loyalty
import ServiceKit

/// `loyalty points redeem MEMBER`: spends available points.
enum PointsRedeem: Subcommand {
  private static let points = Setting.integer(
    "points", in: 1...MemberCommandSettings.pointsMax, unit: "points", help: "How many are spent.")
  private static let reference = Setting.text("for", help: "What they are spent on.").optional
  private static let actor = Setting.text("actor", help: "Who asks for it.").optional

  static let command = CommandDeclaration(
    "redeem", summary: "spend available points; exit code 4 when the programme refuses.",
    arguments: [MemberCommandSettings.member], settings: [points, reference, actor] + MemberCommandSettings.all)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let target = try MemberCommandTarget(context)
    let command = MemberCommand(
      id: target.commandId,
      kind: .redeem(points: Points(Int64(context.settings[points])), reference: context.settings[reference]),
      memberId: target.memberId, programId: target.programId, occurredAt: target.occurredAt,
      actor: context.settings[actor])
    return try PointsRun(context: context, command: command, answers: [.pointsRedeemed, .redemptionRefused]).run()
  }
}
