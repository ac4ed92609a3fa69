import JSON
import Loyalty

/// Where a member stands, as a part of the account statement.
extension TierStanding {
  package func encode(_ name: StaticString, to writer: inout JSONWriter) {
    writer.key(name)
    writer.beginObject()
    writer.field("level", level)
    writer.field("since", since)
    writer.field("until", until)
    writer.field("measures", measures.rawValue)
    writer.field("metric", metric)
    next?.encode("next", to: &writer)
    writer.field("asOf", asOf)
    progress?.encode(to: &writer)
    writer.endObject()
  }

  package init(reading reader: inout JSONReader) throws {
    var level: String?
    var since: Instant?
    var until: Instant?
    var measures: TierScheme.Metric?
    var metric: ExactDecimal?
    var next: NextTier?
    var asOf: Instant?
    var progress: TierProgress?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "level": level = try reader.id()
      case "since": since = try reader.instant()
      case "until": until = try reader.instant()
      case "measures": measures = try reader.word(TierScheme.Metric.self)
      case "metric": metric = try reader.decimal(orThrow: .invalidValue)
      case "next": next = try NextTier(reading: &reader)
      case "asOf": asOf = try reader.instant()
      case "progress": progress = try TierProgress(reading: &reader)
      default: try reader.skipValue()
      }
    }
    self.init(
      level: try level.required("level", in: reader, at: offset), since: since, until: until,
      measures: try measures.required("measures", in: reader, at: offset),
      metric: try metric.required("metric", in: reader, at: offset), next: next,
      asOf: try asOf.required("asOf", in: reader, at: offset), progress: progress)
  }
}

/// The level above: `{"level":"gold","from":"1000","missing":"12.5"}`.
extension NextTier {
  func encode(_ name: StaticString, to writer: inout JSONWriter) {
    writer.key(name)
    writer.beginObject()
    writer.field("level", level)
    writer.field("from", from)
    writer.field("missing", missing)
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    var level: String?
    var from: ExactDecimal?
    var missing: ExactDecimal?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "level": level = try reader.id()
      case "from": from = try reader.decimal(orThrow: .invalidValue)
      case "missing": missing = try reader.decimal(orThrow: .invalidValue)
      default: try reader.skipValue()
      }
    }
    self.init(
      level: try level.required("level", in: reader, at: offset),
      from: try from.required("from", in: reader, at: offset),
      missing: try missing.required("missing", in: reader, at: offset))
  }
}
