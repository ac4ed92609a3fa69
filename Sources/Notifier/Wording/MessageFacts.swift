import Loyalty

/// Everything a message says, before it is put into words: the news, and what the programme makes of it.
package struct MessageFacts: Equatable, Sendable {
  package var news: News
  package var programName: String
  /// How the member is greeted; nil greets without a name.
  package var memberName: String?
  /// Days are told in the programme's time zone.
  package var calendar: ZoneCalendar
  /// When what is told happened.
  package var occurredAt: Instant
  /// What purchases earn from now on at the level that was reached; 1 is not worth a word.
  package var factor = ExactDecimal.one
  /// Of the level that was reached, as the programme's document has it; nil: it has none.
  package var levelName: String?
  /// Of the level that was lost, likewise.
  package var previousLevelName: String?
  /// What levels are reached by; nil: by something that has no name.
  package var measure: Measure?
  /// What the same purchase gave in other programmes.
  package var also: [Also] = []

  package enum Measure: Equatable, Sendable {
    case spend(Currency)
    case points
    case visits
  }

  package struct Also: Equatable, Sendable {
    package var programName: String
    package var points: Points

    package init(programName: String, points: Points) {
      self.programName = programName
      self.points = points
    }
  }

  package init(
    news: News, programName: String, memberName: String?, calendar: ZoneCalendar, occurredAt: Instant
  ) {
    self.news = news
    self.programName = programName
    self.memberName = memberName
    self.calendar = calendar
    self.occurredAt = occurredAt
  }
}
