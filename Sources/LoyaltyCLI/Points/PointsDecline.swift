import Loyalty
import ServiceKit

/// `loyalty points decline ID`: an adjustment that waits for another person is not to be booked.
enum PointsDecline: Subcommand {
  private static let actor = Setting.text(
    "actor", help: "Who declines it; the one who proposed it withdraws it so.")

  static let command = CommandDeclaration(
    "decline",
    summary: "decline an adjustment that waits for another person's approval, or withdraw one's own; exit code 4 when "
      + "that is refused.",
    arguments: [ProposalDecision.proposal], settings: ProposalDecision.settings(actor: actor))

  static func run(_ context: CommandContext) throws -> ExitCode {
    try ProposalDecision.run(
      context, verb: "declined", by: actor, kind: { .decline(proposalId: $0) },
      answers: [.adjustmentRefused, .declineRefused])
  }
}
