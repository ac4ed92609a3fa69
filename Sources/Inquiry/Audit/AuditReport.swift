import JSON
import Loyalty

/// What an audit found.
package struct AuditReport: Equatable, Sendable {
  package struct Fault: Equatable, Sendable {
    package var memberId: String
    package var programId: String
    package var problem: String

    package init(memberId: String, programId: String, problem: String) {
      self.memberId = memberId
      self.programId = programId
      self.problem = problem
    }
  }

  package var members = 0
  /// Pairs of a member and a programme.
  package var accounts = 0
  package var entries: Int64
  /// Of all members, those since erased included.
  package var totals = LedgerTotals()
  /// Accounts whose first entries the log no longer holds.
  package var carriedOver = 0
  /// Transfers that one member has given and nobody has booked in yet.
  package var transfersUnderWay = 0
  package var pointsUnderWay: Points = 0
  /// Whether every entry's id was held against all others.
  package var areIdsChecked = true
  package var faults: [Fault] = []
  /// Of all faults, also those that are not named.
  package var faultCount = 0
  /// What was booked in partitions that are not the members' own.
  package var strays: [StrayAccount] = []
  /// nil: there are no topics of rewards.
  package var rewards: RewardTotals?

  package init(entries: Int64) {
    self.entries = entries
  }

  /// What an audit of rewards has looked at.
  package struct RewardTotals: Equatable, Sendable {
    package var redemptions: Int64 = 0
    package var issued: Int64 = 0
    package var vouchers: Int64 = 0
  }

  /// Faults that are named, at most, of what is added.
  private static let addedMax = 1_000

  /// - Parameter count: of all of them, also those that are not named; nil: these are all.
  mutating func add(_ found: [Fault], count: Int? = nil) {
    faults += found.prefix(Self.addedMax)
    faultCount += count ?? found.count
  }

  package var isPassed: Bool { faultCount == 0 && totals.isBalanced }

  package var json: JSONValue {
    .object([
      .init("audit", .string(isPassed ? "pass" : "fail")),
      .init("members", .number("\(members)")),
      .init("accounts", .number("\(accounts)")),
      .init("entries", .number("\(entries)")),
      .init(
        "totals",
        .object(([("issued", totals.issued)] + components).map { .init($0.0, .number("\($0.1.value)")) })),
      .init("accountsOlderThanLog", .number("\(carriedOver)")),
      .init("transfersUnderWay", .number("\(transfersUnderWay)")),
      .init("pointsUnderWay", .number("\(pointsUnderWay.value)")),
      .init("entryIdsChecked", .bool(areIdsChecked)),
      .init(
        "rewards",
        rewards.map { rewards in
          .object([
            .init("redemptions", .number("\(rewards.redemptions)")), .init("issued", .number("\(rewards.issued)")),
            .init("vouchers", .number("\(rewards.vouchers)")),
          ])
        } ?? .null),
      .init("faultCount", .number("\(faultCount)")),
      .init("strayAccounts", .array(strays.map(\.json))),
      .init("remedies", .array(remedies.map { .string($0) })),
      .init(
        "faults",
        .array(
          faults.map { fault in
            .object([
              .init("memberId", .string(fault.memberId)),
              .init("programId", .string(fault.programId)),
              .init("problem", .string(fault.problem)),
            ])
          })),
    ])
  }

  /// What was issued lies in these.
  package var components: [(name: String, points: Points)] {
    [
      ("pending", totals.pending), ("available", totals.available), ("redeemed", totals.redeemed),
      ("expired", totals.expired), ("reversed", totals.reversed), ("adjusted", totals.adjusted),
      ("transferred", totals.transferred),
    ]
  }
}
