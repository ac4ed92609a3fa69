import Contracts
import StreamRuntime

/// A row of the store `tracked`: a message that was given to its channel, by its id alone, for reports know no member.
///
///     under way ──▶ handed over ──▶ ended
///         └── failed, suppressed ────▲
///
/// Its instants are the machine's. It holds no address: a digest stands for the contact.
package struct TrackedMessage: StoreRow, Equatable {
  package var memberId: String
  package var announcement: Announcement
  package var delivery: MessageRow.Delivery
  /// Its digest on the suppression list.
  package var contact: String
  package var stage: Stage
  /// Kinds of reports that were taken: each counts once.
  package var taken: Set<Feedback.Kind>
  /// A report that came before the message's own outcome, and waits for it.
  package var early: Early?
  package var forgetAtMs: Int64

  package enum Stage: UInt8, CaseIterable, Sendable {
    /// It has no outcome yet.
    case underWay = 1
    /// `sent` or `maybe-sent`: the first report says what became of it.
    case handedOver
    /// Its last outcome is told. Reports act on the suppression list alone.
    case ended
  }

  /// What of a report is told.
  package struct Early: Equatable, Sendable {
    package var outcome: Notification.Outcome
    package var code: String?
    package var providerMessageId: String?

    package init(outcome: Notification.Outcome, code: String? = nil, providerMessageId: String? = nil) {
      self.outcome = outcome
      self.code = code
      self.providerMessageId = providerMessageId
    }
  }

  package init(
    memberId: String, announcement: Announcement, delivery: MessageRow.Delivery, contact: String,
    stage: Stage = .underWay, taken: Set<Feedback.Kind> = [], early: Early? = nil, forgetAtMs: Int64
  ) {
    self.memberId = memberId
    self.announcement = announcement
    self.delivery = delivery
    self.contact = contact
    self.stage = stage
    self.taken = taken
    self.early = early
    self.forgetAtMs = forgetAtMs
  }

  package var dueMs: Int64? { forgetAtMs }

  /// That of `MessageRow`, whose parts it holds.
  package static let format = MessageRow.format

  package func encode(to row: RowEncoder) {
    row.int(forgetAtMs)
    row.string(memberId)
    row.string(contact)
    row.byte(stage.rawValue)
    row.list(Feedback.Kind.allCases.filter(taken.contains)) { row.string($0.rawValue) }
    row.bool(early != nil)
    if let early {
      row.string(early.outcome.rawValue)
      row.optionalString(early.code)
      row.optionalString(early.providerMessageId)
    }
    announcement.encode(to: row)
    delivery.encode(to: row)
  }

  package init(from row: inout RowDecoder) throws {
    forgetAtMs = try row.int()
    memberId = try row.string()
    contact = try row.string()
    let number = try row.byte()
    guard let stage = Stage(rawValue: number) else {
      throw RowFormatError("a tracked message in stage \(number), which this release does not know")
    }
    self.stage = stage
    taken = Set(
      try row.list {
        let word = try $0.string()
        guard let kind = Feedback.Kind(rawValue: word) else { throw RowFormatError("a report \(word)") }
        return kind
      })
    if try row.bool() {
      let word = try row.string()
      guard let outcome = Notification.Outcome(rawValue: word) else { throw RowFormatError("an outcome \(word)") }
      early = Early(outcome: outcome, code: try row.optionalString(), providerMessageId: try row.optionalString())
    }
    announcement = try Announcement(from: &row)
    delivery = try MessageRow.Delivery(from: &row)
  }
}
