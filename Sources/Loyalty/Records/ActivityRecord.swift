/// What an activity was awarded, and what rating it again needs: one row per member, programme and activity.
package struct ActivityRecord: Equatable, Sendable {
  package var activityId: String
  package var source: String
  package var name: String
  package var occurredAt: Instant
  package var programVersion: Int
  package var numbers: [String: ExactDecimal]
  /// Late corrections included.
  package var awards: [RuleAward]
  /// The rules that count how often they award, and counted it; an empty id where the programme counts what earns.
  package var timesRules: [String]
  /// How many purchases, and how many entries, had been booked before it: its place among them.
  package var afterPurchases: Int64
  package var afterEntries: Int64
  /// How the programme's conditions were answered, where rating it again will ask.
  package var answers: ConditionAnswers?
  package var pendingUntil: Instant?
  package var expiresAt: Instant?
  /// Points of its lot that ran out unused.
  package var expired: Points

  package init(
    activityId: String, source: String, name: String, occurredAt: Instant, programVersion: Int,
    numbers: [String: ExactDecimal] = [:], awards: [RuleAward] = [], timesRules: [String] = [],
    afterPurchases: Int64 = 0, afterEntries: Int64 = 0, answers: ConditionAnswers? = nil, pendingUntil: Instant? = nil,
    expiresAt: Instant? = nil, expired: Points = 0
  ) {
    self.activityId = activityId
    self.source = source
    self.name = name
    self.occurredAt = occurredAt
    self.programVersion = programVersion
    self.numbers = numbers
    self.awards = awards
    self.timesRules = timesRules
    self.afterPurchases = afterPurchases
    self.afterEntries = afterEntries
    self.answers = answers
    self.pendingUntil = pendingUntil
    self.expiresAt = expiresAt
    self.expired = expired
  }

  package var lotId: String { Activity.lotId(source: source, id: activityId) }

  /// What it counts against limits by number.
  var counts: [AwardCount] { timesRules.map { AwardCount(scope: $0, times: 1) } }

  package var granted: Points { awards.reduce(0) { $0 + $1.points } }
}
