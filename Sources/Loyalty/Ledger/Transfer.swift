/// Points on their way from one member to another, who may live in different partitions: the value of
/// `loyalty.transfers`.
///
/// The sender books them out to `program:transfer` and hands them over in one transaction; the recipient books them in
/// and that is the end, or sends them back, and the sender books them in again. What `program:transfer` holds over all
/// members is what is under way.
package struct Transfer: Equatable, Sendable {
  /// The id of the sender's command; unique together with the sender and the programme.
  package var id: String
  package var programId: String
  package var programVersion: Int
  package var from: String
  package var to: String
  /// When the sender gave them.
  package var occurredAt: Instant
  package var stage: Stage
  package var parts: [Part]

  package enum Stage: Equatable, Sendable {
    case sent
    /// The recipient cannot have them: they go back.
    case declined(RefusalCode)
  }

  /// Points that keep their expiry.
  package struct Part: Equatable, Sendable {
    package var points: Points
    package var earnedAt: Instant
    package var expiresAt: Instant?
    /// However active the recipient is.
    package var latestExpiry: Instant?
    /// Of the programme, when they were awarded.
    package var programVersion: Int

    package init(
      points: Points, earnedAt: Instant, expiresAt: Instant?, latestExpiry: Instant? = nil, programVersion: Int
    ) {
      self.points = points
      self.earnedAt = earnedAt
      self.expiresAt = expiresAt
      self.latestExpiry = latestExpiry
      self.programVersion = programVersion
    }
  }

  package init(
    id: String, programId: String, programVersion: Int, from: String, to: String, occurredAt: Instant,
    stage: Stage = .sent, parts: [Part]
  ) {
    self.id = id
    self.programId = programId
    self.programVersion = programVersion
    self.from = from
    self.to = to
    self.occurredAt = occurredAt
    self.stage = stage
    self.parts = parts
  }

  /// In whose partition the next step is taken.
  package var addressee: String { stage == .sent ? to : from }

  package var points: Points { parts.reduce(0) { $0.addingBounded($1.points) } }

  package func declined(_ code: RefusalCode) -> Transfer {
    var declined = self
    declined.stage = .declined(code)
    return declined
  }
}
