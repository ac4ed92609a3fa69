import JSON
import Loyalty

/// The value of `loyalty.commands`.
package enum Command: Equatable, Sendable {
  /// Something to be done to one member's account.
  case member(MemberCommand)
  /// A level set by hand: for the worker that judges the programme's tiers.
  case tier(TierCommand)
  /// On stream time: this much of time has passed in the partition. Ignored on wall time.
  case clockTick(id: String, to: Instant)

  package enum Name: String, CaseIterable {
    case redeem = "points.redeem"
    case cancelRedemption = "points.redeem.cancel"
    case adjust = "points.adjust"
    case propose = "points.adjust.proposed"
    case approve = "points.adjust.approved"
    case decline = "points.adjust.declined"
    case transfer = "points.transfer"
    case freeze = "member.freeze"
    case unfreeze = "member.unfreeze"
    case close = "member.close"
    case setTier = "tier.set"
    case clockTick = "clock.tick"
  }

  /// What all commands say, whatever they ask for.
  private var head: (id: String, memberId: String?, programId: String?, occurredAt: Instant, actor: String?) {
    switch self {
    case .member(let command):
      (command.id, command.memberId, command.programId, command.occurredAt, command.actor)
    case .tier(let command):
      (command.id, command.memberId, command.programId, command.occurredAt, command.actor)
    case .clockTick(let id, let to): (id, nil, nil, to, nil)
    }
  }

  package var id: String { head.id }
  /// nil: of no member, but of the partition that it lies in.
  package var memberId: String? { head.memberId }
  package var programId: String? { head.programId }
  package var occurredAt: Instant { head.occurredAt }
  package var actor: String? { head.actor }

  /// The value of `type`.
  package var type: String {
    switch self {
    case .member(let command):
      switch command.kind {
      case .redeem: Name.redeem.rawValue
      case .cancelRedemption: Name.cancelRedemption.rawValue
      case .adjust: Name.adjust.rawValue
      case .propose: Name.propose.rawValue
      case .approve: Name.approve.rawValue
      case .decline: Name.decline.rawValue
      case .transfer: Name.transfer.rawValue
      case .freeze: Name.freeze.rawValue
      case .unfreeze: Name.unfreeze.rawValue
      case .close: Name.close.rawValue
      }
    case .tier: Name.setTier.rawValue
    case .clockTick: Name.clockTick.rawValue
    }
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    switch self {
    case .clockTick(_, let to):
      writer.field("occurredAt", to)
    case .tier(let command): command.encodeFields(to: &writer)
    case .member(let command):
      writer.field("occurredAt", command.occurredAt)
      writer.field("memberId", command.memberId)
      writer.field("programId", command.programId)
      writer.field("source", command.source)
      switch command.kind {
      case .redeem(let points, let reference):
        writer.field("points", points)
        writer.field("for", reference)
      case .cancelRedemption(let redemptionId, let points):
        writer.field("redemptionId", redemptionId)
        if let points { writer.field("points", points) }
      case .adjust(let points), .propose(let points):
        writer.field("points", points)
      case .approve(let proposalId), .decline(let proposalId):
        writer.field("proposalId", proposalId)
      case .transfer(let points, let to):
        writer.field("points", points)
        writer.field("to", to)
      case .freeze, .unfreeze, .close: break
      }
      writer.field("actor", command.actor)
      writer.field("reason", command.reason)
    }
    writer.endObject()
  }

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope) { reader in
      try CommandFields(reading: &reader, attributes: envelope.attributes).command(in: reader)
    }
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    try self.init(decoding: EventEnvelope(data: bytes))
  }
}
