import JSON
import Loyalty

/// The value of `loyalty.tiers`.
extension TierChange {
  package static let type: StaticString = "tier.changed"

  /// The event's id. `since` alone would not do: a judgement that keeps a level keeps its `since`, and two purchases of
  /// one instant may each lift the member a level.
  package var eventId: String {
    let told = "\(memberId):\(programId):\(since.milliseconds):\(level):\(cause)"
    return reason == .progress ? told + ":progress" : told
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", eventId)
    writer.field("occurredAt", occurredAt)
    writer.field("memberId", memberId)
    writer.field("programId", programId)
    writer.field("level", level)
    writer.field("previous", previous)
    if since != .distantPast { writer.field("since", since) }
    writer.field("until", until)
    writer.field("reason", reason.rawValue)
    writer.field("measures", measures.rawValue)
    writer.field("metric", metric)
    next?.encode("next", to: &writer)
    writer.field("cause", cause)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try TierChange(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var seen: UInt64 = 0
    var memberId: String?
    var programId: String?
    var level: String?
    var previous: String?
    var since: Instant?
    var until: Instant?
    var reason: Reason?
    var metric: ExactDecimal?
    var cause: String?
    var measures = TierScheme.Metric.spend
    var next: NextTier?
    var occurredAt: Instant?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "memberId":
        try reader.once(0, &seen)
        memberId = try reader.id()
      case "programId":
        try reader.once(1, &seen)
        programId = try reader.id()
      case "level":
        try reader.once(2, &seen)
        level = try reader.id()
      case "previous":
        try reader.once(3, &seen)
        previous = try reader.id()
      case "since":
        try reader.once(4, &seen)
        since = try reader.instant()
      case "until":
        try reader.once(5, &seen)
        until = try reader.isNull() ? nil : reader.instant()
      case "reason":
        try reader.once(6, &seen)
        reason = try reader.word(Reason.self)
      case "metric":
        try reader.once(7, &seen)
        metric = try reader.decimal(orThrow: .invalidValue)
      case "cause":
        try reader.once(8, &seen)
        cause = try reader.string()
      case "measures":
        try reader.once(9, &seen)
        measures = try reader.word(TierScheme.Metric.self)
      case "next":
        try reader.once(10, &seen)
        next = try NextTier(reading: &reader)
      case "occurredAt":
        try reader.once(11, &seen)
        occurredAt = try reader.instant()
      default:
        try reader.skipValue()
      }
    }
    self.init(
      memberId: try memberId.required("memberId", in: reader),
      programId: try programId.required("programId", in: reader), level: try level.required("level", in: reader),
      previous: try previous.required("previous", in: reader), since: since ?? .distantPast,
      until: until, reason: try reason.required("reason", in: reader), measures: measures,
      metric: try metric.required("metric", in: reader), next: next, cause: try cause.required("cause", in: reader),
      occurredAt: try occurredAt.required("occurredAt", in: reader))
  }
}
