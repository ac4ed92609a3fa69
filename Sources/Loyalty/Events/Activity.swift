/// Something that a member did and that is no purchase: the value of `loyalty.activities`.
package struct Activity: Equatable, Sendable {
  /// Unique within its source.
  package var id: String
  package var source: String
  package var memberId: String
  /// nil: every programme that has a rule for it.
  package var programId: String?
  package var occurredAt: Instant
  /// What was done, such as `member.enrolled` or `review.written`.
  package var name: String
  /// Those that are numbers, exactly; formulas ask for no others.
  package var numbers: [String: ExactDecimal]

  package static let attributesMax = 100

  package init(
    id: String, source: String, memberId: String, programId: String? = nil, occurredAt: Instant, name: String,
    numbers: [String: ExactDecimal] = [:]
  ) {
    self.id = id
    self.source = source
    self.memberId = memberId
    self.programId = programId
    self.occurredAt = occurredAt
    self.name = name
    self.numbers = numbers
  }
}
