import Contracts
import Inquiry
import Loyalty
import ServiceKit

/// `loyalty points approve ID`: has an adjustment booked that waits for another person.
enum PointsApprove: Subcommand {
  private static let proposal = Setting.text(
    "proposal", placeholder: "ID", help: "The id of the adjustment, which was its command's.")
  private static let member = Setting.text(
    "member", help: "Its member; needed where several have an adjustment of that id, or none waits."
  ).optional
  private static let program = Setting.text("program", placeholder: "ID", help: "Its programme; needed likewise.")
    .optional
  private static let id = Setting.text(
    "id", placeholder: "ID",
    help: "The command's own id; left out: that of the adjustment and /approved. After a refusal say another one."
  ).optional
  private static let actor = Setting.text(
    "actor", help: "Who approves it: another person than the one who proposed it.")
  private static let reason = Setting.text("reason", help: "Why.").optional

  static let command = CommandDeclaration(
    "approve",
    summary: "have an adjustment booked that waits for another person's approval; exit code 4 when it is refused.",
    arguments: [proposal],
    settings: [
      member, program, id, actor, reason, MemberCommandSettings.at, MemberCommandSettings.clock,
      MemberCommandSettings.wait, MemberCommandSettings.timeoutMs, MemberCheck.unknownMember, CommandContext.yes,
    ])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let place = try Self.place(context)
    let target = try MemberCommandTarget(
      context, memberId: place.member, programId: place.program,
      commandId: settings[id] ?? settings[proposal] + "/approved")
    let command = MemberCommand(
      id: target.commandId, kind: .approve(proposalId: settings[proposal]), memberId: target.memberId,
      programId: target.programId, occurredAt: target.occurredAt, actor: settings[actor], reason: settings[reason])
    return try PointsRun(context: context, command: command, answers: [.pointsAdjusted, .approvalRefused]).run()
  }

  /// Where the adjustment waits. One that waits no more must be named whole: the engine remembers what became of it.
  private static func place(_ context: CommandContext) throws -> (member: String, program: String) {
    let settings = context.settings
    if let member = settings[member], let program = settings[program] { return (member, program) }
    let found = try WaitingProposals.read(context.cluster).filter {
      $0.id == settings[proposal] && settings[member] ?? $0.memberId == $0.memberId
        && settings[program] ?? $0.programId == $0.programId
    }
    guard let first = found.first else {
      throw CommandFailure(
        "no adjustment \(settings[proposal]) waits for an approval; `loyalty points proposals` lists those that do. What "
          + "became of one that waited --member and --program together tell")
    }
    guard found.count == 1 else {
      let places = found.map { "\($0.memberId) in \($0.programId)" }.joined(separator: ", ")
      throw CommandFailure("several adjustments are called \(first.id): \(places). Say --member and --program")
    }
    return (first.memberId, first.programId)
  }
}
