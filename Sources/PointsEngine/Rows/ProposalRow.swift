import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `proposals`: an adjustment that waits for an approval, until it has waited long enough.
package struct ProposalRow: StoreRow, Equatable {
  package var proposal: Proposal

  package static let format: UInt8 = 1

  package var dueMs: Int64? { proposal.expiresAt.milliseconds }

  package init(_ proposal: Proposal) {
    self.proposal = proposal
  }

  package func encode(to row: RowEncoder) {
    row.instant(proposal.expiresAt)
    row.string(proposal.id)
    row.string(proposal.memberId)
    row.string(proposal.programId)
    row.int(proposal.programVersion)
    row.points(proposal.points)
    row.instant(proposal.occurredAt)
    row.optionalString(proposal.source)
    row.string(proposal.actor)
    row.string(proposal.reason)
  }

  package init(from row: inout RowDecoder) throws {
    let expiresAt = try row.instant()
    self.init(
      Proposal(
        id: try row.string(), memberId: try row.string(), programId: try row.string(),
        programVersion: Int(try row.int()), points: try row.points(), occurredAt: try row.instant(),
        expiresAt: expiresAt, source: try row.optionalString(), actor: try row.string(), reason: try row.string()))
  }
}
