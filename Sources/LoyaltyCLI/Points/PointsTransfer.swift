import Loyalty
import ServiceKit

/// `loyalty points transfer MEMBER`: gives available points to another member.
enum PointsTransfer: Subcommand {
  private static let recipient = Setting.text("to", placeholder: "ID", help: "The member who receives them.")
  private static let points = Setting.integer(
    "points", in: 1...MemberCommandSettings.pointsMax, unit: "points",
    help: "How many are given; they keep their expiry.")
  private static let actor = Setting.text("actor", help: "Who asks for it.")
  private static let reason = Setting.text("reason", help: "What for.").optional

  static let command = CommandDeclaration(
    "transfer",
    summary: "give available points to another member; exit code 4 when the programme refuses. Where the recipient "
      + "cannot have them they come back.",
    arguments: [MemberCommandSettings.member], settings: [recipient, points, actor, reason] + MemberCommandSettings.all)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let target = try MemberCommandTarget(context, others: [recipient])
    let command = MemberCommand(
      id: target.commandId,
      kind: .transfer(points: Points(Int64(context.settings[points])), to: context.settings[recipient]),
      memberId: target.memberId, programId: target.programId, occurredAt: target.occurredAt,
      actor: context.settings[actor], reason: context.settings[reason])
    return try PointsRun(context: context, command: command, answers: [.transferredOut, .transferRefused]).run()
  }
}
