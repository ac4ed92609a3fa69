import Loyalty

/// The languages that templates can be written in, with how each writes numbers and days. What is shipped is written in
/// Vietnamese and English.
package enum Language: String, Sendable, CaseIterable {
  case vietnamese = "vi"
  case english = "en"
  case chinese = "zh"
  case french = "fr"
  case german = "de"
  case indonesian = "id"
  case japanese = "ja"
  case korean = "ko"
  case russian = "ru"
  case spanish = "es"

  /// What the shipped templates are written in.
  package static let shipped = [Language.vietnamese, .english]

  /// The member's own language where `written` has it; else the programme's first that it has; else English; else the
  /// first that there is.
  package static func choose(
    memberLocale: String?, programLocales: [String], among written: [Language] = Language.shipped
  ) -> Language {
    for tag in [memberLocale].compactMap({ $0 }) + programLocales {
      if let language = Language(tag: tag), written.contains(language) { return language }
    }
    return written.contains(.english) ? .english : written.first ?? .english
  }

  /// The primary subtag of a BCP 47 tag decides: `vi-VN` is Vietnamese.
  private init?(tag: String) {
    guard let primary = tag.split(whereSeparator: { $0 == "-" || $0 == "_" }).first else { return nil }
    self.init(rawValue: primary.lowercased())
  }

  /// `1.234` in Vietnamese, `1,234` in English.
  package func number(_ points: Points) -> String {
    let digits = String(points.value.magnitude)
    var text = points.value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(groupSeparator) }
      text.append(digit)
    }
    return text
  }

  private var groupSeparator: String {
    switch self {
    case .english, .chinese, .japanese, .korean: ","
    case .vietnamese, .german, .indonesian, .spanish: "."
    // A space that does not break.
    case .french, .russian: "\u{A0}"
    }
  }

  /// `1,5` in Vietnamese, `1.5` in English.
  package func factor(_ factor: ExactDecimal) -> String {
    switch self {
    case .english, .chinese, .japanese, .korean: factor.text
    case .vietnamese, .french, .german, .indonesian, .russian, .spanish: factor.text.replacing(".", with: ",")
    }
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  /// `31/12/2026` in Vietnamese, `31 December 2026` in English.
  private func day(_ date: LocalDate) -> String {
    let (year, month, day) = date.civil
    let two: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
    let fourDigits = String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year)
    return switch self {
    case .vietnamese, .french, .indonesian, .spanish: "\(two(day))/\(two(month))/\(fourDigits)"
    case .english: "\(day) \(Self.months[month - 1]) \(fourDigits)"
    case .german, .russian: "\(two(day)).\(two(month)).\(fourDigits)"
    case .chinese, .japanese: "\(fourDigits)年\(month)月\(day)日"
    case .korean: "\(fourDigits)년 \(month)월 \(day)일"
    }
  }

  package func day(_ instant: Instant, _ calendar: ZoneCalendar) -> String { day(calendar.day(of: instant)) }

  /// `16:05 31/12/2026` in Vietnamese, `16:05 on 31 December 2026` in English: local time, and not a minute too early.
  package func moment(_ instant: Instant, _ calendar: ZoneCalendar) -> String {
    minute(instant.advanced(byMilliseconds: 59_999), calendar)
  }

  private func minute(_ instant: Instant, _ calendar: ZoneCalendar) -> String {
    let minutes = calendar.dayAndTime(of: instant).milliseconds / 60_000
    let two: (Int64) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
    let time = "\(two(minutes / 60)):\(two(minutes % 60))"
    let date = day(instant, calendar)
    return switch self {
    case .vietnamese: "\(time) \(date)"
    case .english: "\(time) on \(date)"
    case .chinese, .french, .german, .indonesian, .japanese, .korean, .russian, .spanish: "\(date) \(time)"
    }
  }

  /// The last that there is of something which is gone at `end`: its last whole day, so that what ends at 0:00 of
  /// 1 December is told to last until 30 November; the minute where it began later than that.
  package func last(before end: Instant, from start: Instant, _ calendar: ZoneCalendar) -> String {
    let lastDay = calendar.day(of: end).adding(days: -1)
    guard lastDay < calendar.day(of: start) else {
      return self == .vietnamese ? "hết ngày \(day(lastDay))" : day(lastDay)
    }
    return minute(end, calendar)
  }
}
