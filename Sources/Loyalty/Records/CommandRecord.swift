/// How a command was answered: one row per member, programme and command id, so that the same id moves nothing twice.
package struct CommandRecord: Equatable, Sendable {
  package var id: String
  package var outcome: Outcome
  package var occurredAt: Instant

  package enum Outcome: Equatable, Sendable {
    /// The lots the points were taken from; `isCancelled` once they were given back.
    case redeemed(parts: [RedeemedPart], isCancelled: Bool)
    case redemptionCancelled
    case adjusted
    /// An adjustment waits to hear whether its actor may have so much booked in a day.
    case asked
    /// An adjustment waits for another person's approval.
    case proposed
    /// Another command's adjustment was booked.
    case approved
    /// Another command's adjustment will not be booked.
    case declined
    /// The lots the points were taken from; `isReturned` once the recipient has sent them back.
    case transferred(parts: [RedeemedPart], isReturned: Bool)
    /// Another member's transfer was booked in, or sent back.
    case transferAnswered
    case standingChanged
    case refused(code: RefusalCode)
  }

  package init(id: String, outcome: Outcome, occurredAt: Instant) {
    self.id = id
    self.outcome = outcome
    self.occurredAt = occurredAt
  }
}

package struct RedeemedPart: Equatable, Sendable {
  package var lotId: String
  package var points: Points
  package var earnedAt: Instant
  package var expiresAt: Instant?
  package var latestExpiry: Instant?
  package var programVersion: Int

  package init(
    lotId: String, points: Points, earnedAt: Instant, expiresAt: Instant?, latestExpiry: Instant? = nil,
    programVersion: Int
  ) {
    self.lotId = lotId
    self.points = points
    self.earnedAt = earnedAt
    self.expiresAt = expiresAt
    self.latestExpiry = latestExpiry
    self.programVersion = programVersion
  }
}
