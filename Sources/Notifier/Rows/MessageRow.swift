import Contracts
import Loyalty
import Messages
import ServiceDomain
import StreamRuntime

/// A row of the store `messages`: how far one message has come.
///
///     collecting ──▶ queued ◀──▶ attempting ──▶ told ──▶ (forgotten)
///         │          │ ▲ an operator  │            ▲
///         │          │ └───────── undelivered ─────┤
///         └──────────┴────────────────┴── suppressed, erased ──▶ (no row)
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
  /// It has failed at `failedAt`, or may have been sent, and is kept until it is forgotten: an operator may have it
  /// sent again.
  case undelivered(Announcement, Delivery, failedAt: Instant, forgetAtMs: Int64)

  /// How a message goes out.
  package struct Delivery: Equatable, Sendable {
    package var carrier: Carrier
    /// With the one under way.
    package var attempts: Int
    /// What it was written in; nil before the first attempt.
    package var language: Language?
    /// Of an SMS that was put into words.
    package var sms: SMSForm?
    /// What it was written by; nil before the first attempt.
    package var template: TemplateUsed?
    /// When what it tells was booked, or happened where nothing was booked; nil: a release that did not keep it has
    /// begun the message.
    package var bookedAt: Instant?
    /// The last time that an operator had it sent again.
    package var retry: Retry?
    /// Of which instant the profile was that agreed to it; nil before the first attempt.
    package var consentAsOf: Instant?
    package var messageClass: MessageClass
    /// It is given up from then on (ms); nil: a release that knew no end has queued it.
    package var validUntilMs: Int64?
    /// The day that it counts for, where its class has a cap a day.
    package var countedOn: LocalDate?
    /// Where it goes instead of where the profile says: what the profile said before. Gone with the row.
    package var contact: String?
    /// How far it has come with the member's devices; nil: it was given to none.
    package var push: PushProgress?

    package init(
      channel: Consent.Channel, attempts: Int = 0, language: Language? = nil, sms: SMSForm? = nil,
      template: TemplateUsed? = nil, consentAsOf: Instant? = nil, messageClass: MessageClass = .service,
      validUntilMs: Int64? = nil, countedOn: LocalDate? = nil, contact: String? = nil
    ) {
      carrier = Carrier(channel)
      self.attempts = attempts
      self.language = language
      self.sms = sms
      self.template = template
      self.consentAsOf = consentAsOf
      self.messageClass = messageClass
      self.validUntilMs = validUntilMs
      self.countedOn = countedOn
      self.contact = contact
    }

    /// Setting another channel chooses the carrier that takes all its messages.
    package var channel: Consent.Channel {
      get { carrier.channel }
      set { if newValue != carrier.channel { carrier = Carrier(newValue) } }
    }

    /// Nothing was tried yet, or not since an operator has asked: any channel may be chosen.
    package var isUntried: Bool { attemptsOfThisTry == 0 }

    /// Those that count towards giving up. All attempts are numbered on, so that an outcome belongs to one.
    package var attemptsOfThisTry: Int { attempts - (retry?.attemptsBefore ?? 0) }
  }

  package struct Retry: Equatable, Sendable {
    /// With earlier ones.
    package var count: Int
    package var requestId: String
    package var actor: String
    package var attemptsBefore: Int

    package init(count: Int, requestId: String, actor: String, attemptsBefore: Int) {
      self.count = count
      self.requestId = requestId
      self.actor = actor
      self.attemptsBefore = attemptsBefore
    }
  }

  package var dueMs: Int64? {
    switch self {
    case .collecting(_, _, _, let ms), .queued(_, _, let ms), .attempting(_, _, let ms), .told(let ms),
      .undelivered(_, _, _, let ms):
      ms
    }
  }

  /// Format 2 keeps when points earned can be used and until when, the account's status, what an SMS took, by which
  /// version of its template it was written, when it was booked, what has failed, and what follows from its class.
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
    case .undelivered(let announcement, let delivery, let failedAt, let forgetAtMs):
      row.byte(5)
      row.int(forgetAtMs)
      announcement.encode(to: row)
      delivery.encode(to: row)
      row.instant(failedAt)
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
    case 5:
      self = .undelivered(
        try Announcement(from: &row), try Delivery(from: &row), failedAt: try row.instant(), forgetAtMs: dueMs)
    default: throw RowFormatError("a message in state \(state), which this release does not know")
    }
  }
}

extension MessageRow.Delivery {
  func encode(to row: RowEncoder) {
    row.string(carrier.rawValue)
    row.int(attempts)
    row.optionalString(language?.rawValue)
    row.optionalString(sms?.encoding.rawValue)
    if let sms { row.int(sms.segments) }
    row.bool(template != nil)
    if let template {
      row.optionalInt(template.version.map { Int64($0) })
      row.bool(template.isOfProgramme)
    }
    row.optionalInstant(bookedAt)
    row.optionalInstant(consentAsOf)
    row.string(messageClass.rawValue)
    row.optionalInt(validUntilMs)
    row.optionalInt(countedOn.map { Int64($0.daysSinceEpoch) })
    row.optionalString(contact)
    row.bool(push != nil)
    push?.encode(to: row)
    row.bool(retry != nil)
    guard let retry else { return }
    row.int(retry.count)
    row.string(retry.requestId)
    row.string(retry.actor)
    row.int(retry.attemptsBefore)
  }

  init(from row: inout RowDecoder) throws {
    let name = try row.string()
    guard let carrier = Carrier(rawValue: name) else { throw RowFormatError("a channel named \(name)") }
    self.init(
      channel: carrier.channel, attempts: Int(try row.count()), language: try row.optionalString().map(Self.language))
    self.carrier = carrier
    guard row.format >= 2 else { return }
    if let word = try row.optionalString() {
      guard let encoding = SMSForm.Encoding(rawValue: word) else { throw RowFormatError("an encoding named \(word)") }
      sms = SMSForm(encoding: encoding, segments: Int(try row.count()))
    }
    if try row.bool() {
      template = TemplateUsed(version: try row.optionalInt().map { Int($0) }, isOfProgramme: try row.bool())
    }
    bookedAt = try row.optionalInstant()
    consentAsOf = try row.optionalInstant()
    let word = try row.string()
    guard let known = MessageClass(rawValue: word) else { throw RowFormatError("a class named \(word)") }
    messageClass = known
    validUntilMs = try row.optionalInt()
    countedOn = try row.optionalInt().map(Self.day)
    contact = try row.optionalString()
    if try row.bool() { push = try PushProgress(from: &row) }
    guard try row.bool() else { return }
    retry = MessageRow.Retry(
      count: Int(try row.count()), requestId: try row.string(), actor: try row.string(),
      attemptsBefore: Int(try row.count()))
  }

  private static func day(_ number: Int64) throws -> LocalDate {
    guard let days = Int32(exactly: number) else { throw RowFormatError("a day that no calendar has") }
    return LocalDate(daysSinceEpoch: days)
  }

  private static func language(_ word: String) throws -> Language {
    guard let language = Language(rawValue: word) else { throw RowFormatError("a language named \(word)") }
    return language
  }
}
