import Contracts
import Loyalty

/// Replays the ledger and holds it against itself and against the accounts. Knows no Kafka.
///
/// Keeps state per member and programme only, and a digest of each entry's id, to see one that is booked twice, up to
/// `entryIdsMax` of them.
package struct LedgerAudit {
  private var accounts: [String: AuditedAccount] = [:]
  private var transfers = TransferAudit()
  private var startsLate = false
  private var entryIds: Set<Int> = []
  private var strayFaults: [AuditReport.Fault] = []
  private var strayFaultCount = 0
  private var strayAccounts: [StrayAccount.Place: StrayAccount] = [:]
  private var endedLives: [EndedLife] = []
  private var entries: Int64 = 0
  private let entryIdsMax: Int
  private let isErased: (String) -> Bool

  /// What a member had moved before an erasure.
  private struct EndedLife {
    var memberId: String
    var programId: String
    var totals: LedgerTotals
  }

  /// Records that cannot be read at all; the first so many are named.
  private static let strayFaultsMax = 100
  /// About 300 MB of digests.
  package static let entryIdsMaxDefault = 10_000_000

  /// `isErased` tells whether a member is known to have asked for an erasure, after which a sequence may start anew.
  package init(entryIdsMax: Int = LedgerAudit.entryIdsMaxDefault, isErased: @escaping (String) -> Bool) {
    self.entryIdsMax = entryIdsMax
    self.isErased = isErased
  }

  // MARK: What the topics say

  /// The next entry of the member's partition. `startsLate`: that partition's first records have been deleted by age.
  package mutating func book(_ entry: LedgerEntry, startsLate: Bool = false) {
    entries += 1
    self.startsLate = self.startsLate || startsLate
    transfers.book(entry)
    let key = RecordKey.memberProgram(entry.memberId, entry.programId)
    let isErased = isErased
    let step = accounts[key, default: AuditedAccount()].book(entry, startsLate: startsLate) { isErased(entry.memberId) }
    if case .newLife(let totals) = step {
      endedLives.append(EndedLife(memberId: entry.memberId, programId: entry.programId, totals: totals))
    }
    if entryIds.count < entryIdsMax {
      var hasher = Hasher()
      hasher.combine(key)
      hasher.combine(accounts[key]?.life ?? 0)
      hasher.combine(entry.id)
      if !entryIds.insert(hasher.finalize()).inserted {
        stray(entry.memberId, entry.programId, "entry \(entry.sequence) has the id of an earlier one: \(entry.id)")
      }
    }
  }

  package mutating func note(_ account: AccountStatement) {
    accounts[RecordKey.memberProgram(account.memberId, account.programId), default: AuditedAccount()].note(account)
  }

  /// A tombstone, by the record's key.
  package mutating func noteAbsence(key: String) {
    accounts[key]?.noteAbsence()
  }

  /// Something that is wrong with a record as such.
  package mutating func stray(_ memberId: String, _ programId: String, _ problem: String) {
    strayFaultCount += 1
    guard strayFaults.count < Self.strayFaultsMax else { return }
    strayFaults.append(AuditReport.Fault(memberId: memberId, programId: programId, problem: problem))
  }

  /// An entry that lies in another partition than the member's own.
  package mutating func misplaced(_ entry: LedgerEntry, in partition: Int32, own: Int32) {
    stray(
      entry.memberId, entry.programId,
      "entry \(entry.sequence) lies in partition \(partition), the member's is \(own)")
    let place = StrayAccount.Place(memberId: entry.memberId, programId: entry.programId, partition: partition)
    guard strayAccounts[place] != nil || strayAccounts.count < Self.strayFaultsMax else { return }
    strayAccounts[place, default: StrayAccount(place, ownPartition: own)].book(entry)
  }

  // MARK: What comes of it

  /// Some account is behind what was read of the ledger: read the account topic on.
  package var hasStaleAccounts: Bool { accounts.values.contains { $0.isStale } }
  /// Some account is ahead of what was read of the ledger: read the ledger on.
  package var hasUnreachedAccounts: Bool { accounts.values.contains { $0.isUnreached } }

  /// Points have arrived that were not seen leaving: read the ledger on.
  package var hasTransfersWithoutOrigin: Bool { transfers.hasNoOrigins }

  package var report: AuditReport {
    var report = AuditReport(entries: entries)
    var members: Set<Substring> = []
    var faults: [AuditReport.Fault] = []
    for (key, account) in accounts {
      let parts = key.split(separator: "\u{1F}", maxSplits: 1, omittingEmptySubsequences: false)
      members.insert(parts[0])
      add(account.totals, of: String(parts[0]), String(parts.last ?? ""), to: &report.totals, &faults)
      if account.isCarriedOver { report.carriedOver += 1 }
      if let problem = account.verdict {
        faults.append(.init(memberId: String(parts[0]), programId: String(parts.last ?? ""), problem: problem))
      }
    }
    for life in endedLives { add(life.totals, of: life.memberId, life.programId, to: &report.totals, &faults) }
    faults += transfers.faults(startsLate: startsLate)
    (report.transfersUnderWay, report.pointsUnderWay) = transfers.underWay
    report.strays = strayAccounts.values.sorted { $0.place < $1.place }
    report.members = members.count
    report.accounts = accounts.count
    report.areIdsChecked = entryIds.count < entryIdsMax
    report.faults = strayFaults + faults.sorted { ($0.memberId, $0.programId) < ($1.memberId, $1.programId) }
    report.faultCount = strayFaultCount + faults.count
    return report
  }

  /// Adds up what accounts hold, as far as a sum can be told; an account that goes beyond is a fault, and left out.
  private func add(
    _ totals: LedgerTotals, of memberId: String, _ programId: String, to sum: inout LedgerTotals,
    _ faults: inout [AuditReport.Fault]
  ) {
    guard let more = sum.adding(totals, within: .largestRead) else {
      let problem = "with this account all together come to more than \(Points.largestRead.value) points"
      return faults.append(.init(memberId: memberId, programId: programId, problem: problem))
    }
    sum = more
  }
}
