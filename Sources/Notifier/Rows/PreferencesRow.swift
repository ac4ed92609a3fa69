import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `preferences`: what a member has said of the messages they want.
package struct PreferencesRow: StoreRow, Equatable {
  package let preferences: MemberPreferences

  package init(_ preferences: MemberPreferences) {
    self.preferences = preferences
  }

  package var dueMs: Int64? { nil }

  package static let format: UInt8 = 1

  package func encode(to row: RowEncoder) {
    row.string(preferences.memberId)
    row.list(preferences.settings) {
      row.string($0.preference.channel.rawValue)
      row.string($0.preference.topic.rawValue)
      row.bool($0.preference.isWanted)
      row.instant($0.since)
      row.string($0.source)
    }
    row.string(preferences.requestId)
    row.instant(preferences.occurredAt)
  }

  package init(from row: inout RowDecoder) throws {
    let memberId = try row.string()
    let settings = try row.list { row in
      MemberPreferences.Setting(
        Preference(try Self.word(&row), try Self.word(&row), isWanted: try row.bool()), since: try row.instant(),
        source: try row.string())
    }
    preferences = MemberPreferences(
      memberId: memberId, settings: settings, requestId: try row.string(), occurredAt: try row.instant())
  }

  private static func word<Word: RawRepresentable<String>>(_ row: inout RowDecoder) throws -> Word {
    let text = try row.string()
    guard let word = Word(rawValue: text) else { throw RowFormatError("\(Word.self) named \(text)") }
    return word
  }
}
