import JSON
import Loyalty

/// What the next purchase is rated by, as a part of the account statement. Sums are an object by the period's first
/// day.
extension EarningPast {
  func encode(_ name: StaticString, to writer: inout JSONWriter) {
    writer.key(name)
    writer.beginObject()
    writer.field("since", since)
    writer.field("purchases", counters.purchases)
    writer.list("levels", levels) { step, writer in
      writer.field("level", step.level)
      writer.field("since", step.since == .distantPast ? nil : step.since)
    }
    writer.list("visits", counters.visits) { visits, writer in
      writer.field("rule", visits.rule)
      writer.field("count", visits.count)
      if !visits.days.isEmpty {
        writer.key("days")
        writer.beginArray()
        for visit in visits.days { writer.string(visit.day.text) }
        writer.endArray()
      }
    }
    writer.list("points", counters.points) { $0.encode(to: &$1) }
    writer.list("times", counters.times) { $0.encode(to: &$1) }
    writer.list("thresholds", counters.thresholds) { period, writer in
      writer.field("rule", period.rule)
      writer.field("from", period.start.text)
      writer.field("spendMinorUnits", period.spend)
      writer.field("times", period.timesHeld)
    }
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "since": since = try reader.instant()
      case "purchases": counters.purchases = try reader.count(atLeast: 0)
      case "levels": levels = try reader.list { try TierStep(reading: &$0) }
      case "visits": counters.visits = try reader.list { try VisitProgress(reading: &$0) }
      case "points": counters.points = try reader.list { try PeriodSeries(reading: &$0) }
      case "times": counters.times = try reader.list { try PeriodSeries(reading: &$0) }
      case "thresholds": counters.thresholds = try reader.list { try ThresholdPeriod(reading: &$0) }
      default: try reader.skipValue()
      }
    }
  }
}

extension TierStep {
  fileprivate init(reading reader: inout JSONReader) throws {
    var level: String?
    var since = Instant.distantPast
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "level": level = try reader.id()
      case "since": since = try reader.instant()
      default: try reader.skipValue()
      }
    }
    self.init(level: try level.required("level", in: reader, at: offset), since: since)
  }
}

extension VisitProgress {
  fileprivate init(reading reader: inout JSONReader) throws {
    var rule: String?
    var count: Int?
    var days: [VisitDay] = []
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "rule": rule = try reader.id()
      case "count": count = Int(try reader.integer())
      case "days": days = try reader.list { VisitDay(day: try $0.day(), purchases: 1) }
      default: try reader.skipValue()
      }
    }
    self.init(
      rule: try rule.required("rule", in: reader, at: offset),
      count: try count.required("count", in: reader, at: offset),
      days: days)
  }
}

extension PeriodSeries {
  /// The programme's own limits name no rule.
  fileprivate func encode(to writer: inout JSONWriter) {
    if !scope.isEmpty { writer.field("rule", scope) }
    writer.field("period", period.rawValue)
    writer.key("amounts")
    writer.beginObject()
    for amount in amounts {
      writer.key(amount.start.text)
      writer.integer(amount.amount)
    }
    writer.endObject()
  }

  fileprivate init(reading reader: inout JSONReader) throws {
    var scope = ""
    var period: Period?
    var amounts: [PeriodAmount] = []
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "rule": scope = try reader.id()
      case "period": period = try reader.word(Period.self)
      case "amounts":
        try reader.beginObject()
        while let start = try reader.nextKey() {
          amounts.append(PeriodAmount(start: try reader.day(start.string), amount: try reader.integer()))
        }
      default: try reader.skipValue()
      }
    }
    amounts.sort { $0.start < $1.start }
    self.init(scope: scope, period: try period.required("period", in: reader, at: offset), amounts: amounts)
  }
}

extension ThresholdPeriod {
  fileprivate init(reading reader: inout JSONReader) throws {
    var rule: String?
    var start: LocalDate?
    var spend: Int64 = 0
    var times: Int64 = 0
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "rule": rule = try reader.id()
      case "from": start = try reader.day()
      case "spendMinorUnits": spend = try reader.integer()
      case "times": times = try reader.count(atLeast: 0, atMost: .max)
      default: try reader.skipValue()
      }
    }
    self.init(
      rule: try rule.required("rule", in: reader, at: offset),
      start: try start.required("from", in: reader, at: offset),
      spend: spend, holders: times == 0 ? [] : [.init(lotId: "", times: times)])
  }
}

extension JSONWriter {
  /// A list of objects; left out where it is empty.
  fileprivate mutating func list<Element>(
    _ name: StaticString, _ elements: [Element], _ encode: (Element, inout JSONWriter) -> Void
  ) {
    guard !elements.isEmpty else { return }
    key(name)
    beginArray()
    for element in elements {
      beginObject()
      encode(element, &self)
      endObject()
    }
    endArray()
  }
}

extension JSONReader {
  fileprivate mutating func list<Element>(_ decode: (inout JSONReader) throws -> Element) throws -> [Element] {
    var elements: [Element] = []
    try beginArray()
    while try nextElement() { elements.append(try decode(&self)) }
    return elements
  }

  fileprivate mutating func day() throws -> LocalDate { try day(try string()) }

  fileprivate func day(_ text: String) throws -> LocalDate {
    guard let day = LocalDate(text: text) else {
      throw violation(.invalidInstant, "must be a date, such as 2026-11-22")
    }
    return day
  }
}
