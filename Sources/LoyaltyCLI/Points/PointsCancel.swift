import Loyalty
import ServiceKit

/// `loyalty points cancel MEMBER`: gives back what a redemption took, whole or in part.
enum PointsCancel: Subcommand {
  private static let redemption = Setting.text(
    "redemption", placeholder: "ID", help: "The id of the redemption, which was its command's.")
  private static let points = Setting.integer(
    "points", in: 1...MemberCommandSettings.pointsMax, unit: "points",
    help: "How many come back; left out: all that are left of it."
  ).optional
  private static let actor = Setting.text("actor", help: "Who asks for it.").optional

  static let command = CommandDeclaration(
    "cancel",
    summary:
      "give back the points of a redemption, to the lots they came from; exit code 4 when the programme refuses.",
    arguments: [MemberCommandSettings.member], settings: [redemption, points, actor] + MemberCommandSettings.all)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let target = try MemberCommandTarget(context)
    let command = MemberCommand(
      id: target.commandId,
      kind: .cancelRedemption(
        redemptionId: context.settings[redemption], points: context.settings[points].map { Points(Int64($0)) }),
      memberId: target.memberId, programId: target.programId, occurredAt: target.occurredAt,
      actor: context.settings[actor])
    return try PointsRun(
      context: context, command: command, answers: [.redemptionCancelled, .redemptionCancelRefused]
    ).run()
  }
}
