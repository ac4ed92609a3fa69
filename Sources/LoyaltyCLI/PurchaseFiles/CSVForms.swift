import Loyalty

/// How a CSV file writes numbers and times, brought to what the contract asks for.
struct CSVForms {
  var decimalComma: Bool
  var dateOrder: ColumnMapping.DateOrder
  /// Of times without an offset.
  var zone: ColumnMapping.Zone

  /// `1.234,50` and `1 234,50` are 1234.50; nil where a point separates no thousands, so that neither 12.50 becomes
  /// 1250 nor 1234.567 more than a million.
  func decimal(_ text: String) -> String? {
    guard decimalComma else { return text }
    let isNegative = text.hasPrefix("-")
    let parts = text.dropFirst(isNegative ? 1 : 0).split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 2, !parts.dropFirst().contains(where: { $0.contains(where: Self.isSeparator) }) else {
      return nil
    }
    let groups = parts[0].split(omittingEmptySubsequences: false, whereSeparator: Self.isSeparator)
    guard Set(parts[0].filter(Self.isSeparator)).count <= 1, groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }),
      groups.count == 1 || (1...3).contains(groups[0].utf8.count)
    else { return nil }
    let digits = ([groups.joined()] + parts.dropFirst().map(String.init)).joined(separator: ".")
    return (isNegative ? "-" : "") + digits
  }

  private static func isSeparator(_ character: Character) -> Bool {
    character == "." || character == " " || character == "\u{A0}" || character == "\u{202F}"
  }

  /// What a cell says of a moment.
  enum Moment: Equatable {
    /// RFC 3339, with an offset.
    case instant(String)
    /// Why it is none, as the rest of a sentence.
    case none(String)
  }

  /// `22/11/2026 9:04` is 2026-11-22T09:04:00 at the mapping's offset, or in its time zone.
  func instant(_ text: String) -> Moment {
    guard let end = text.firstIndex(where: { $0 == " " || $0 == "T" }) else { return .none(noMoment) }
    var time = text[text.index(after: end)...].filter { $0 != " " }
    let mark = time.firstIndex { "Zz+-".contains($0) }
    let offset = mark.map { String(time[$0...]) }
    if let mark { time = String(time[..<mark]) }
    var parts = time.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 { parts.append("00") }
    if parts[0].utf8.count == 1 { parts[0] = "0" + parts[0] }
    let day = date(text[..<end])
    let local = day + "T" + parts.joined(separator: ":")
    guard Instant(rfc3339: day + "T00:00:00Z") != nil else { return .none(noDay(day)) }
    switch (offset, zone) {
    case (let offset?, _), (nil, .offset(let offset)):
      return Instant(rfc3339: local + offset) == nil ? .none(noMoment) : .instant(local + offset)
    case (nil, .place(let calendar)): return instant(local, in: calendar)
    }
  }

  /// A time that clocks show twice is the first of the two.
  private func instant(_ local: String, in calendar: ZoneCalendar) -> Moment {
    guard let shown = Instant(rfc3339: local + "Z") else { return .none(noMoment) }
    guard let instant = calendar.instant(showing: shown.milliseconds) else {
      return .none("is a time that clocks in \(calendar.identifier) skip")
    }
    return .instant(instant.rfc3339)
  }

  private func date(_ text: Substring) -> String {
    let parts = text.split(omittingEmptySubsequences: false) { "/.-".contains($0) }.map(String.init)
    guard parts.count == 3 else { return String(text) }
    let padded = parts.map { $0.utf8.count == 1 ? "0" + $0 : $0 }
    return switch dateOrder {
    case .ymd: "\(padded[0])-\(padded[1])-\(padded[2])"
    case .dmy: "\(padded[2])-\(padded[1])-\(padded[0])"
    case .mdy: "\(padded[2])-\(padded[0])-\(padded[1])"
    }
  }

  private var noMoment: String { "is no date and time such as \(dateOrder.example) 13:04" }

  private func noDay(_ day: String) -> String {
    let isDay = day.split(separator: "-").map(\.utf8.count) == [4, 2, 2] && day.utf8.allSatisfy { $0 < 0x3A }
    return isDay
      ? "names a day that does not exist: \(day), read in the order \(dateOrder.rawValue) (dateOrder)"
      : "is no date in the order \(dateOrder.rawValue) (dateOrder), such as \(dateOrder.example)"
  }
}

extension ColumnMapping.DateOrder {
  fileprivate var example: String {
    switch self {
    case .ymd: "2026-11-22"
    case .dmy: "22/11/2026"
    case .mdy: "11/22/2026"
    }
  }
}
