import Loyalty
import ServiceKit

/// `loyalty points approve ID`: has an adjustment booked that waits for another person.
enum PointsApprove: Subcommand {
  private static let actor = Setting.text(
    "actor", help: "Who approves it: another person than the one who proposed it.")

  static let command = CommandDeclaration(
    "approve",
    summary: "have an adjustment booked that waits for another person's approval; exit code 4 when it is refused.",
    arguments: [ProposalDecision.proposal], settings: ProposalDecision.settings(actor: actor))

  static func run(_ context: CommandContext) throws -> ExitCode {
    try ProposalDecision.run(
      context, verb: "approved", by: actor, kind: { .approve(proposalId: $0) },
      answers: [.pointsAdjusted, .approvalRefused])
  }
}
