import JSON
import Loyalty

/// The fields of a command, before its type has said which of them it needs.
struct CommandFields {
  private var head: EventHead
  private var points: Points?
  private var pointsOffset = 0
  private var reference: String?
  private var redemptionId: String?
  private var proposalId: String?
  private var recipient: String?
  private var level: String?
  private var until: Instant?
  private var actor: String?
  private var reason: String?

  init(reading reader: inout JSONReader, attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    head = EventHead(attributes, [.memberId, .source, .programId])
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "points":
        try reader.once(0, &seen)
        points = try reader.points()
        pointsOffset = reader.lastOffset
      case "for":
        try reader.once(1, &seen)
        reference = try reader.name()
      case "redemptionId":
        try reader.once(2, &seen)
        redemptionId = try reader.id()
      case "actor":
        try reader.once(3, &seen)
        actor = try reader.name()
      case "reason":
        try reader.once(4, &seen)
        reason = try reader.name()
      case "level":
        try reader.once(5, &seen)
        level = try reader.id()
      case "until":
        try reader.once(6, &seen)
        until = try reader.instant()
      case "proposalId":
        try reader.once(8, &seen)
        proposalId = try reader.id()
      case "to":
        try reader.once(7, &seen)
        recipient = try reader.id()
      default:
        try reader.skipValue()
      }
    }
  }

  /// The command that they are; throws a violation that names what its type misses.
  func command(in reader: borrowing JSONReader) throws -> Command {
    let name = try head.kind(Command.Name.self, in: reader)
    let id = try head.id(in: reader)
    let occurredAt = try head.occurredAt(in: reader)
    if name == .clockTick { return .clockTick(id: id, to: occurredAt) }
    if name == .setTier { return .tier(try tierCommand(id, occurredAt, in: reader)) }
    let kind = try kind(name, in: reader)
    return .member(
      MemberCommand(
        id: id, kind: kind, memberId: try head.memberId(in: reader), programId: head.programId,
        occurredAt: occurredAt, source: try head.knownSource(), actor: actor, reason: reason))
  }

  private func tierCommand(_ id: String, _ occurredAt: Instant, in reader: borrowing JSONReader) throws -> TierCommand {
    TierCommand(
      id: id, memberId: try head.memberId(in: reader), programId: head.programId,
      level: try level.required("level", in: reader), until: try until.required("until", in: reader),
      occurredAt: occurredAt, source: try head.knownSource(), actor: try actor.required("actor", in: reader),
      reason: try reason.required("reason", in: reader))
  }

  private func kind(_ name: Command.Name, in reader: borrowing JSONReader) throws -> MemberCommand.Kind {
    switch name {
    case .clockTick, .setTier: preconditionFailure("a clock tick or a tier is about no account")
    case .redeem: return .redeem(points: try pointsAboveZero(in: reader), reference: reference)
    case .cancelRedemption:
      return .cancelRedemption(
        redemptionId: try redemptionId.required("redemptionId", in: reader),
        points: points == nil ? nil : try pointsAboveZero(in: reader))
    case .adjust: return .adjust(points: try adjustment(in: reader))
    case .propose: return .propose(points: try adjustment(in: reader))
    case .approve:
      _ = try actor.required("actor", in: reader)
      return .approve(proposalId: try proposalId.required("proposalId", in: reader))
    case .decline:
      _ = try actor.required("actor", in: reader)
      return .decline(proposalId: try proposalId.required("proposalId", in: reader))
    case .transfer:
      _ = try actor.required("actor", in: reader)
      return .transfer(points: try pointsAboveZero(in: reader), to: try recipient.required("to", in: reader))
    case .freeze:
      try requireActorAndReason(in: reader)
      return .freeze
    case .unfreeze:
      try requireActorAndReason(in: reader)
      return .unfreeze
    case .close:
      try requireActorAndReason(in: reader)
      return .close
    }
  }

  private func adjustment(in reader: borrowing JSONReader) throws -> Points {
    let points = try points.required("points", in: reader)
    guard points != .zero else { throw reader.violation(.invalidPoints, "must not be 0", at: pointsOffset) }
    try requireActorAndReason(in: reader)
    return points
  }

  private func pointsAboveZero(in reader: borrowing JSONReader) throws -> Points {
    let points = try points.required("points", in: reader)
    guard points > .zero else { throw reader.violation(.invalidPoints, "must be above 0", at: pointsOffset) }
    return points
  }

  private func requireActorAndReason(in reader: borrowing JSONReader) throws {
    _ = try actor.required("actor", in: reader)
    _ = try reason.required("reason", in: reader)
  }
}
