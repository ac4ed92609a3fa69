import Contracts
import Inquiry
import Loyalty
import ServiceKit

/// What `loyalty points approve` and `loyalty points decline` have in common: which proposal, and where it waits.
enum ProposalDecision {
  static let proposal = Setting.text(
    "proposal", placeholder: "ID", help: "The id of the adjustment, which was its command's.")
  private static let member = Setting.text(
    "member", help: "Its member; needed where several have an adjustment of that id, or none waits."
  ).optional
  private static let program = Setting.text("program", placeholder: "ID", help: "Its programme; needed likewise.")
    .optional
  private static let id = Setting.text(
    "id", placeholder: "ID",
    help: "The command's own id; left out: that of the adjustment, what is decided, and the actor. After a refusal say "
      + "another one."
  ).optional
  private static let reason = Setting.text("reason", help: "Why.").optional

  static func settings(actor: Setting<String>) -> [any AnySetting] {
    [
      member, program, id, actor, reason, MemberCommandSettings.at, MemberCommandSettings.clock,
      MemberCommandSettings.wait, MemberCommandSettings.timeoutMs, MemberCheck.unknownMember, CommandContext.yes,
    ]
  }

  /// - Parameters:
  ///   - verb: stands in the command's id. So does the actor: what one person was refused is no other one's answer.
  ///   - answers: the entry types that may answer it.
  static func run(
    _ context: CommandContext, verb: String, by actor: Setting<String>, kind: (String) -> MemberCommand.Kind,
    answers: Set<EntryType>
  ) throws -> ExitCode {
    let settings = context.settings
    let place = try Self.place(context)
    let target = try MemberCommandTarget(
      context, memberId: place.member, programId: place.program,
      commandId: settings[id] ?? "\(settings[proposal])/\(verb)/\(settings[actor])")
    let command = MemberCommand(
      id: target.commandId, kind: kind(settings[proposal]), memberId: target.memberId, programId: target.programId,
      occurredAt: target.occurredAt, actor: settings[actor], reason: settings[reason])
    return try PointsRun(context: context, command: command, answers: answers).run()
  }

  /// Where the adjustment waits. One that waits no more must be named whole: the engine remembers what became of it.
  private static func place(_ context: CommandContext) throws -> (member: String, program: String) {
    let settings = context.settings
    if let member = settings[member], let program = settings[program] { return (member, program) }
    let found = try WaitingProposals.read(context.cluster).proposals.filter {
      $0.id == settings[proposal] && settings[member] ?? $0.memberId == $0.memberId
        && settings[program] ?? $0.programId == $0.programId
    }
    guard let first = found.first else {
      throw CommandFailure(
        "no adjustment \(settings[proposal]) waits for another person; `loyalty points proposals` lists those that do. "
          + "What became of one that waited --member and --program together tell")
    }
    guard found.count == 1 else {
      let places = found.map { "\($0.memberId) in \($0.programId)" }.joined(separator: ", ")
      throw CommandFailure("several adjustments are called \(first.id): \(places). Say --member and --program")
    }
    return (first.memberId, first.programId)
  }
}
