import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `messages`: how far one message has come.
///
///     collecting ──▶ queued ◀──▶ attempting ──▶ told ──▶ (forgotten)
///         │             │             │
///         └─────────────┴─────────────┴── suppressed, erased ──▶ (no row)
///
/// Every instant in it is the machine's, also when the worker lives on stream time: a message goes to a real server,
/// and a record that is delivered again comes in real time too.
package enum MessageRow: StoreRow, Equatable {
  /// Entries of one booking are being gathered: `gathered` of them, `lastEntry` the latest. A booking lies in one
  /// transaction, so the rest is not far.
  case collecting(Announcement, gathered: Int, lastEntry: Int, giveUpAtMs: Int64)
  /// To be sent at `atMs`.
  case queued(Announcement, Delivery, atMs: Int64)
  /// Being sent. Whoever finds it after `leaseUntilMs` and does not have it in hand knows that the worker that had it
  /// is gone.
  case attempting(Announcement, Delivery, leaseUntilMs: Int64)
  /// It has its outcome. Kept until `forgetAtMs`, so that its cause, should it come again, makes no second message.
  case told(forgetAtMs: Int64)

  /// How a message goes out.
  package struct Delivery: Equatable, Sendable {
    package var channel: Consent.Channel
    /// With the one under way.
    package var attempts: Int
    /// What it was written in; nil before the first attempt.
    package var language: Language?
    /// Of an SMS that was put into words.
    package var sms: SMSForm?
    /// Of which instant the profile was that agreed to it; nil before the first attempt.
    package var consentAsOf: Instant?

    package init(
      channel: Consent.Channel, attempts: Int = 0, language: Language? = nil, sms: SMSForm? = nil,
      consentAsOf: Instant? = nil
    ) {
      self.channel = channel
      self.attempts = attempts
      self.language = language
      self.sms = sms
      self.consentAsOf = consentAsOf
    }
  }

  package var dueMs: Int64? {
    switch self {
    case .collecting(_, _, _, let ms), .queued(_, _, let ms), .attempting(_, _, let ms), .told(let ms): ms
    }
  }

  /// Format 2 keeps when points earned can be used and until when, the account's status, and what an SMS took.
  package static let format: UInt8 = 2
  package static let formatsRead: ClosedRange<UInt8> = 1...2

  package func encode(to row: RowEncoder) {
    switch self {
    case .collecting(let announcement, let gathered, let lastEntry, let giveUpAtMs):
      row.byte(1)
      row.int(giveUpAtMs)
      announcement.encode(to: row)
      row.int(gathered)
      row.int(lastEntry)
    case .queued(let announcement, let delivery, let atMs):
      row.byte(2)
      row.int(atMs)
      announcement.encode(to: row)
      delivery.encode(to: row)
    case .attempting(let announcement, let delivery, let leaseUntilMs):
      row.byte(3)
      row.int(leaseUntilMs)
      announcement.encode(to: row)
      delivery.encode(to: row)
    case .told(let forgetAtMs):
      row.byte(4)
      row.int(forgetAtMs)
    }
  }

  package init(from row: inout RowDecoder) throws {
    let state = try row.byte()
    let dueMs = try row.int()
    switch state {
    case 1:
      self = .collecting(
        try Announcement(from: &row), gathered: Int(try row.count()), lastEntry: Int(try row.count()), giveUpAtMs: dueMs
      )
    case 2: self = .queued(try Announcement(from: &row), try Delivery(from: &row), atMs: dueMs)
    case 3: self = .attempting(try Announcement(from: &row), try Delivery(from: &row), leaseUntilMs: dueMs)
    case 4: self = .told(forgetAtMs: dueMs)
    default: throw RowFormatError("a message in state \(state), which this release does not know")
    }
  }
}

extension MessageRow.Delivery {
  func encode(to row: RowEncoder) {
    row.string(channel.rawValue)
    row.int(attempts)
    row.optionalString(language?.rawValue)
    row.optionalString(sms?.encoding.rawValue)
    if let sms { row.int(sms.segments) }
    row.optionalInstant(consentAsOf)
  }

  init(from row: inout RowDecoder) throws {
    let name = try row.string()
    guard let channel = Consent.Channel(rawValue: name) else { throw RowFormatError("a channel named \(name)") }
    self.init(
      channel: channel, attempts: Int(try row.count()), language: try row.optionalString().map(Self.language))
    guard row.format >= 2 else { return }
    if let word = try row.optionalString() {
      guard let encoding = SMSForm.Encoding(rawValue: word) else { throw RowFormatError("an encoding named \(word)") }
      sms = SMSForm(encoding: encoding, segments: Int(try row.count()))
    }
    consentAsOf = try row.optionalInstant()
  }

  private static func language(_ word: String) throws -> Language {
    guard let language = Language(rawValue: word) else { throw RowFormatError("a language named \(word)") }
    return language
  }
}
