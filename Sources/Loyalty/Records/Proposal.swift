/// An adjustment that waits for another person's approval.
package struct Proposal: Equatable, Sendable {
  /// The id of the command that asked for it.
  package var id: String
  package var memberId: String
  package var programId: String
  /// The version of the programme it was proposed under.
  package var programVersion: Int
  /// Below 0: a deduction.
  package var points: Points
  package var occurredAt: Instant
  /// From then on it cannot be approved any more.
  package var expiresAt: Instant
  package var source: String?
  package var actor: String
  package var reason: String

  package init(
    id: String, memberId: String, programId: String, programVersion: Int, points: Points, occurredAt: Instant,
    expiresAt: Instant, source: String? = nil, actor: String, reason: String
  ) {
    self.id = id
    self.memberId = memberId
    self.programId = programId
    self.programVersion = programVersion
    self.points = points
    self.occurredAt = occurredAt
    self.expiresAt = expiresAt
    self.source = source
    self.actor = actor
    self.reason = reason
  }

  func hasExpired(by instant: Instant) -> Bool { instant >= expiresAt }

  /// Whether that is the person who proposed it. Spelling in capitals makes nobody another person.
  package func isOf(_ other: String) -> Bool { Self.name(actor) == Self.name(other) }

  private static func name(_ actor: String) -> String {
    let words = actor.lowercased().split { $0.isWhitespace }
    return words.joined(separator: " ")
  }
}
