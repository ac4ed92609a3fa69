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
    progress?.encode(to: &writer)
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
    var progress: TierProgress?
    var occurredAt: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "memberId": memberId = try reader.once(0, &seen) { try $0.id() }
      case "programId": programId = try reader.once(1, &seen) { try $0.id() }
      case "level": level = try reader.once(2, &seen) { try $0.id() }
      case "previous": previous = try reader.once(3, &seen) { try $0.id() }
      case "since": since = try reader.once(4, &seen) { try $0.instant() }
      case "until": until = try reader.once(5, &seen) { try $0.instant() }
      case "reason": reason = try reader.once(6, &seen) { try $0.word(Reason.self) }
      case "metric": metric = try reader.once(7, &seen) { try $0.decimal(orThrow: .invalidValue) }
      case "cause": cause = try reader.once(8, &seen) { try $0.madeText() }
      case "measures": measures = try reader.once(9, &seen) { try $0.word(TierScheme.Metric.self) }
      case "next": next = try reader.once(10, &seen) { try NextTier(reading: &$0) }
      case "occurredAt": occurredAt = try reader.once(11, &seen) { try $0.instant() }
      case "progress": progress = try reader.once(12, &seen) { try TierProgress(reading: &$0) }
      default: try reader.skipValue()
      }
    }
    self.init(
      memberId: try memberId.required("memberId", in: reader),
      programId: try programId.required("programId", in: reader), level: try level.required("level", in: reader),
      previous: try previous.required("previous", in: reader), since: since ?? .distantPast,
      until: until, reason: try reason.required("reason", in: reader), measures: measures,
      metric: try metric.required("metric", in: reader), next: next, progress: progress,
      cause: try cause.required("cause", in: reader),
      occurredAt: try occurredAt.required("occurredAt", in: reader))
  }
}
