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

  package init(entries: Int64) {
    self.entries = entries
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
