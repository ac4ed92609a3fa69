import Loyalty

/// Everything a message says, before it is put into words: the news, and what the programme makes of it.
package struct MessageFacts: Equatable, Sendable {
  package var news: News
  package var programName: String
  /// How the member is greeted; nil greets without a name.
  package var memberName: String?
  /// Days are told in the programme's time zone.
  package var calendar: ZoneCalendar
  /// Of points earned; nil when they can be used already.
  package var availableFrom: Instant?
  /// Of points earned; nil when they do not expire.
  package var validUntil: Instant?
  /// What purchases earn from now on at the level that was reached; 1 is not worth a word.
  package var factor = ExactDecimal.one
  /// Of the level that was reached, as the programme's document has it; nil: it has none.
  package var levelName: String?

  package init(news: News, programName: String, memberName: String?, calendar: ZoneCalendar) {
    self.news = news
    self.programName = programName
    self.memberName = memberName
    self.calendar = calendar
  }
}

/// A message in words.
package struct Wording: Equatable, Sendable {
  package var subject: String
  package var body: String
  /// In GSM 7-bit characters; one SMS of 160 unless names are long.
  package var sms: String
}
