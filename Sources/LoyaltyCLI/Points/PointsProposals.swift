import Contracts
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty points proposals`: the adjustments that wait for another person's approval.
enum PointsProposals: Subcommand {
  static let command = CommandDeclaration(
    "proposals", summary: "list the adjustments that wait for another person's approval, those that expire first first."
  )

  static func run(_ context: CommandContext) throws -> ExitCode {
    let found = try WaitingProposals.read(context.cluster)
    if found.strays > 0 {
      context.console.note(
        "loyalty: \(found.strays) records of \(Topic.proposals.name) are of no points engine and passed over")
    }
    let waiting = found.proposals
    context.tell(waiting.isEmpty ? "nothing waits" : text(waiting), .array(waiting.map(json)))
    return .done
  }

  private static func text(_ waiting: [Proposal]) -> String {
    var table = TextTable(["ID", "MEMBER", "PROGRAMME", "POINTS", "BY", "REASON", "UNTIL"])
    for each in waiting {
      table.add([
        each.id, each.memberId, each.programId, grouped(each.points.value), each.actor, each.reason,
        each.expiresAt.rfc3339,
      ])
    }
    return table.text()
  }

  private static func json(_ proposal: Proposal) -> JSONValue {
    .fields([
      "id": .string(proposal.id), "memberId": .string(proposal.memberId), "programId": .string(proposal.programId),
      "points": .points(proposal.points), "actor": .string(proposal.actor), "reason": .string(proposal.reason),
      "occurredAt": .instant(proposal.occurredAt), "expiresAt": .instant(proposal.expiresAt),
    ])
  }
}
