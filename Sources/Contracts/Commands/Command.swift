import JSON
import Loyalty

/// The value of `loyalty.commands`.
package enum Command: Equatable, Sendable {
  /// Something to be done to one member's account.
  case member(MemberCommand)
  /// A level set by hand: for the tier evaluator.
  case tier(TierCommand)
  /// On stream time: this much of time has passed in the partition. Ignored on wall time.
  case clockTick(id: String, to: Instant)

  private enum Name: String, CaseIterable {
    case redeem = "points.redeem"
    case cancelRedemption = "points.redeem.cancel"
    case adjust = "points.adjust"
    case setTier = "tier.set"
    case clockTick = "clock.tick"
  }

  package var id: String {
    switch self {
    case .member(let command): command.id
    case .tier(let command): command.id
    case .clockTick(let id, _): id
    }
  }

  /// The value of `type`.
  package var type: String {
    switch self {
    case .member(let command):
      switch command.kind {
      case .redeem: Name.redeem.rawValue
      case .cancelRedemption: Name.cancelRedemption.rawValue
      case .adjust: Name.adjust.rawValue
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
      case .cancelRedemption(let redemptionId):
        writer.field("redemptionId", redemptionId)
      case .adjust(let points):
        writer.field("points", points)
      }
      writer.field("actor", command.actor)
      writer.field("reason", command.reason)
    }
    writer.endObject()
  }

  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope.data) { reader in
      try Command(reading: &reader, attributes: envelope.attributes)
    }
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    try self.init(decoding: EventEnvelope(data: bytes))
  }

  private init(reading reader: inout JSONReader, attributes: EventEnvelope.Attributes?) throws {
    var seen: UInt64 = 0
    var type = attributes?.type
    var id = try attributes?.checkedId()
    var occurredAt = try attributes?.checkedTime()
    var source = try attributes?.checkedSource()
    var memberId: String?
    var programId: String?
    var points: Points?
    var pointsOffset = 0
    var reference: String?
    var redemptionId: String?
    var actor: String?
    var reason: String?
    var level: String?
    var until: Instant?
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
      default:
        try reader.skipValue()
      }
    }
    guard let name = Name(rawValue: try type.required("type", in: reader)) else {
      let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw ContractViolation(.unsupportedType, at: "$.type", "$.type must be one of \(known).")
    }
    let checkedId = try id.required("id", in: reader)
    let instant = try occurredAt.required("occurredAt", in: reader)
    let kind: MemberCommand.Kind
    switch name {
    case .clockTick:
      self = .clockTick(id: checkedId, to: instant)
      return
    case .setTier:
      self = .tier(
        TierCommand(
          id: checkedId, memberId: try memberId.required("memberId", in: reader), programId: programId,
          level: try level.required("level", in: reader), until: try until.required("until", in: reader),
          occurredAt: instant, source: source, actor: try actor.required("actor", in: reader),
          reason: try reason.required("reason", in: reader)))
      return
    case .redeem:
      let points = try points.required("points", in: reader)
      guard points > .zero else { throw reader.violation(.invalidPoints, "must be above 0", at: pointsOffset) }
      kind = .redeem(points: points, reference: reference)
    case .cancelRedemption:
      kind = .cancelRedemption(redemptionId: try redemptionId.required("redemptionId", in: reader))
    case .adjust:
      let points = try points.required("points", in: reader)
      guard points != .zero else { throw reader.violation(.invalidPoints, "must not be 0", at: pointsOffset) }
      _ = try actor.required("actor", in: reader)
      _ = try reason.required("reason", in: reader)
      kind = .adjust(points: points)
    }
    self = .member(
      MemberCommand(
        id: checkedId, kind: kind, memberId: try memberId.required("memberId", in: reader), programId: programId,
        occurredAt: instant, source: source, actor: actor, reason: reason))
  }
}
