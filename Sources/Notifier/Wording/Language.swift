import Loyalty

/// The languages that messages are written in, with how each writes numbers and days.
package enum Language: String, Sendable, CaseIterable {
  case vietnamese = "vi"
  case english = "en"

  /// The member's own language where we write it; else the programme's first that we write; else English.
  package static func choose(memberLocale: String?, programLocales: [String]) -> Language {
    for tag in [memberLocale].compactMap({ $0 }) + programLocales {
      if let language = Language(tag: tag) { return language }
    }
    return .english
  }

  /// The primary subtag of a BCP 47 tag decides: `vi-VN` is Vietnamese.
  private init?(tag: String) {
    guard let primary = tag.split(whereSeparator: { $0 == "-" || $0 == "_" }).first else { return nil }
    self.init(rawValue: primary.lowercased())
  }

  package func write(_ facts: MessageFacts) -> Wording {
    switch self {
    case .vietnamese: VietnameseWording.write(facts)
    case .english: EnglishWording.write(facts)
    }
  }

  /// `1.234` in Vietnamese, `1,234` in English.
  func number(_ points: Points) -> String {
    let digits = String(points.value.magnitude)
    var text = points.value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(self == .vietnamese ? "." : ",") }
      text.append(digit)
    }
    return text
  }

  /// `1,5` in Vietnamese, `1.5` in English.
  func factor(_ factor: ExactDecimal) -> String {
    self == .vietnamese ? factor.text.replacing(".", with: ",") : factor.text
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  /// `31/12/2026` in Vietnamese, `31 December 2026` in English.
  func day(_ date: LocalDate) -> String {
    let (year, month, day) = date.civil
    let two: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
    let fourDigits = String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year)
    return switch self {
    case .vietnamese: "\(two(day))/\(two(month))/\(fourDigits)"
    case .english: "\(day) \(Self.months[month - 1]) \(fourDigits)"
    }
  }

  func day(_ instant: Instant, _ calendar: ZoneCalendar) -> String { day(calendar.day(of: instant)) }

  /// `16:05 31/12/2026` in Vietnamese, `16:05 on 31 December 2026` in English: local time, and not a minute too early.
  func moment(_ instant: Instant, _ calendar: ZoneCalendar) -> String {
    minute(instant.advanced(byMilliseconds: 59_999), calendar)
  }

  private func minute(_ instant: Instant, _ calendar: ZoneCalendar) -> String {
    let minutes = calendar.dayAndTime(of: instant).milliseconds / 60_000
    let two: (Int64) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
    let time = "\(two(minutes / 60)):\(two(minutes % 60))"
    return self == .vietnamese ? "\(time) \(day(instant, calendar))" : "\(time) on \(day(instant, calendar))"
  }

  /// The last that there is of something which is gone at `end`: its last whole day, so that what ends at 0:00 of
  /// 1 December is told to last until 30 November; the minute where it began later than that.
  func last(before end: Instant, from start: Instant, _ calendar: ZoneCalendar) -> String {
    let lastDay = calendar.day(of: end).adding(days: -1)
    guard lastDay < calendar.day(of: start) else {
      return self == .vietnamese ? "hết ngày \(day(lastDay))" : day(lastDay)
    }
    return minute(end, calendar)
  }

  /// Greeting, paragraphs, signature.
  func letter(_ facts: MessageFacts, _ paragraphs: [String]) -> String {
    let greeting: String
    let farewell: String
    switch self {
    case .vietnamese:
      greeting = facts.memberName.map { "Chào \($0)," } ?? "Chào bạn,"
      farewell = "Hẹn gặp lại bạn,"
    case .english:
      greeting = facts.memberName.map { "Hello \($0)," } ?? "Hello,"
      farewell = "See you soon,"
    }
    let parts = [greeting] + paragraphs.filter { !$0.isEmpty } + ["\(farewell)\n\(facts.programName)"]
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// A level's id as a name: `gold` is `Gold`.
  func levelName(_ id: String) -> String {
    id.prefix(1).uppercased() + id.dropFirst()
  }
}
