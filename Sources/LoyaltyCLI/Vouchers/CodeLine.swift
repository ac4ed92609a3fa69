import Loyalty

/// A line of a file of codes: one code, as whoever made it writes it, and behind a comma its last day where it has one.
package struct CodeLine: Equatable {
  package let code: String
  /// In the time zone of the pool; nil: as the pool says.
  package let lastDay: LocalDate?

  /// Shorter ones are guessed.
  package static let lengthMin = 6
  package static let lengthMax = 64
  private static let dayLength = 10

  /// nil where it is none: too short or too long without hyphens, white space within, or other characters than ASCII's.
  /// What follows a comma and is no day is a part of the code.
  package init?(_ line: UnsafeRawBufferPointer) {
    var code = line.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()[...]
    var lastDay: LocalDate?
    let tail = code.suffix(Self.dayLength + 1)
    if tail.first == UInt8(ascii: ","), let day = LocalDate(text: String(decoding: tail.dropFirst(), as: UTF8.self)) {
      lastDay = day
      code = code.dropLast(tail.count)
    }
    guard code.count <= Self.lengthMax, code.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      code.count(where: { $0 != UInt8(ascii: "-") }) >= Self.lengthMin
    else { return nil }
    self.code = String(decoding: Array(code), as: UTF8.self)
    self.lastDay = lastDay
  }
}

/// Reads the lines of a file of codes for a pool.
struct CodeLineReading {
  let calendar: ZoneCalendar
  let now: Instant

  struct Code {
    var text: String
    /// The first instant at which it may not be used any more.
    var validUntil: Instant?
  }

  enum Problem: Error {
    case noCode
    case ended(LocalDate)

    var words: String {
      switch self {
      case .noCode:
        "is no code: \(CodeLine.lengthMin) to \(CodeLine.lengthMax) characters of ASCII without spaces, and perhaps a "
          + "comma and its last day, such as 2027-01-16"
      case .ended(let day): "ended on \(day.text)"
      }
    }
  }

  func read(_ line: UnsafeRawBufferPointer) -> Result<Code, Problem> {
    guard let line = CodeLine(line) else { return .failure(.noCode) }
    let end = line.lastDay.map { calendar.start(of: $0.adding(days: 1)) }
    if let end, let day = line.lastDay, end <= now { return .failure(.ended(day)) }
    return .success(Code(text: line.code, validUntil: end))
  }
}
