import JSON
import Loyalty

/// The fields of a command, before its type has said which of them it needs.
struct CommandFields {
  private var type: String?
  private var id: String?
  private var occurredAt: Instant?
  private var source: String?
  private var memberId: String?
  private var programId: String?
  private var points: Points?
  private var pointsOffset = 0
  private var reference: String?
  private var redemptionId: String?
  private var recipient: String?
  private var level: String?
  private var until: Instant?
  private var actor: String?
  private var reason: String?

  init(reading reader: inout JSONReader, attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    type = attributes?.type
    id = try attributes?.checkedId()
    occurredAt = try attributes?.checkedTime()
    source = try attributes?.checkedSource()
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "type":
        try reader.once(0, &seen)
        type = try reader.string()
      case "id":
        try reader.once(1, &seen)
        id = try reader.id()
      case "occurredAt":
        try reader.once(2, &seen)
        occurredAt = try reader.instant()
      case "source":
        try reader.once(3, &seen)
        source = try reader.id()
      case "memberId":
        try reader.once(4, &seen)
        memberId = try reader.id()
      case "programId":
        try reader.once(5, &seen)
        programId = try reader.id()
      case "points":
        try reader.once(6, &seen)
        points = try reader.points()
        pointsOffset = reader.lastOffset
      case "for":
        try reader.once(7, &seen)
        reference = try reader.name()
      case "redemptionId":
        try reader.once(8, &seen)
        redemptionId = try reader.id()
      case "actor":
        try reader.once(9, &seen)
        actor = try reader.name()
      case "reason":
        try reader.once(10, &seen)
        reason = try reader.name()
      case "level":
        try reader.once(11, &seen)
        level = try reader.id()
      case "until":
        try reader.once(12, &seen)
        until = try reader.instant()
      case "to":
        try reader.once(13, &seen)
        recipient = try reader.id()
      default:
        try reader.skipValue()
      }
    }
  }

  /// The command that they are; throws a violation that names what its type misses.
  func command(in reader: borrowing JSONReader) throws -> Command {
    guard let name = Command.Name(rawValue: try type.required("type", in: reader)) else {
      let known = Command.Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw ContractViolation(.unsupportedType, at: "$.type", "$.type must be one of \(known).")
    }
    let id = try id.required("id", in: reader)
    let occurredAt = try occurredAt.required("occurredAt", in: reader)
    if name == .clockTick { return .clockTick(id: id, to: occurredAt) }
    if name == .setTier { return .tier(try tierCommand(id, occurredAt, in: reader)) }
    let kind = try kind(name, in: reader)
    return .member(
      MemberCommand(
        id: id, kind: kind, memberId: try memberId.required("memberId", in: reader), programId: programId,
        occurredAt: occurredAt, source: source, actor: actor, reason: reason))
  }

  private func tierCommand(_ id: String, _ occurredAt: Instant, in reader: borrowing JSONReader) throws -> TierCommand {
    TierCommand(
      id: id, memberId: try memberId.required("memberId", in: reader), programId: programId,
      level: try level.required("level", in: reader), until: try until.required("until", in: reader),
      occurredAt: occurredAt, source: source, actor: try actor.required("actor", in: reader),
      reason: try reason.required("reason", in: reader))
  }

  private func kind(_ name: Command.Name, in reader: borrowing JSONReader) throws -> MemberCommand.Kind {
    switch name {
    case .clockTick, .setTier: preconditionFailure("a clock tick or a tier is about no account")
    case .redeem: return .redeem(points: try pointsAboveZero(in: reader), reference: reference)
    case .cancelRedemption:
      return .cancelRedemption(redemptionId: try redemptionId.required("redemptionId", in: reader))
    case .adjust:
      let points = try points.required("points", in: reader)
      guard points != .zero else { throw reader.violation(.invalidPoints, "must not be 0", at: pointsOffset) }
      try requireActorAndReason(in: reader)
      return .adjust(points: points)
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
