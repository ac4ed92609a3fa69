/// `tier.set`: an operator gives a member a level, which then holds exactly until `until` whatever the member does.
package struct TierCommand: Equatable, Sendable {
  package var id: String
  package var memberId: String
  /// nil: the only programme with tiers in force.
  package var programId: String?
  package var level: String
  /// The level is judged again at this instant.
  package var until: Instant
  package var occurredAt: Instant
  package var source: String?
  package var actor: String
  package var reason: String

  package init(
    id: String, memberId: String, programId: String? = nil, level: String, until: Instant, occurredAt: Instant,
    source: String? = nil, actor: String, reason: String
  ) {
    self.id = id
    self.memberId = memberId
    self.programId = programId
    self.level = level
    self.until = until
    self.occurredAt = occurredAt
    self.source = source
    self.actor = actor
    self.reason = reason
  }
}
