import Contracts
import Loyalty

/// What the ledger gives one member in one programme, entry by entry, held against what the account topic says.
struct AuditedAccount {
  private(set) var sequence: Int64 = 0
  private(set) var totals = LedgerTotals()
  private var lots = LotReplay()
  /// How often a member id has started anew after an erasure.
  private(set) var life = 0
  /// The log no longer holds the account's first entries, so its first balances are taken as given.
  private(set) var isCarriedOver = false
  private var endedByErasure = false
  /// The first fault; nothing is checked after it.
  private(set) var fault: String?

  private var statement = Statement.none
  /// Whether the statement has been found to say what the ledger said at its sequence.
  private var isConfirmed = false
  private var disagreement: String?

  /// The account topic's last word.
  private enum Statement {
    case none
    case account(AccountStatement)
  }

  // MARK: The ledger

  enum Step {
    case next
    /// The member id began anew; these were the totals of the life before.
    case newLife(LedgerTotals)
  }

  /// Books the next entry.
  ///
  /// - Parameters:
  ///   - startsLate: the log's first entries have been deleted by age.
  ///   - isErased: whether the member is known to have asked for an erasure.
  mutating func book(_ entry: LedgerEntry, startsLate: Bool, isErased: () -> Bool) -> Step {
    guard fault == nil else { return .next }
    var step = Step.next
    do throws(AuditFinding) {
      if entry.sequence == 1, sequence > 0 {
        step = .newLife(try beginNewLife(isErased))
      } else if sequence == 0, entry.sequence > 1, startsLate {
        carryOver(entry)
      } else if entry.sequence != sequence + 1 {
        throw AuditFinding("entry \(entry.sequence) follows entry \(sequence)")
      }
      sequence = entry.sequence
      try move(entry)
      try checkBalances(after: entry)
    } catch {
      fault = error.text
    }
    confirm()
    return step
  }

  private mutating func beginNewLife(_ isErased: () -> Bool) throws(AuditFinding) -> LedgerTotals {
    guard totals.pending == 0, totals.available == 0, endedByErasure || isErased() else {
      throw AuditFinding("the sequence starts again at 1 after entry \(sequence), without an erasure")
    }
    let ended = totals
    totals = LedgerTotals()
    lots = LotReplay()
    life += 1
    isCarriedOver = false
    return ended
  }

  private mutating func carryOver(_ entry: LedgerEntry) {
    isCarriedOver = true
    var before = LedgerTotals()
    if let debit = entry.debit, let credit = entry.credit { before.move(entry.points, from: credit, to: debit) }
    totals.pending = entry.balances.pending + before.pending
    totals.available = entry.balances.available + before.available
    totals.issued = totals.pending + totals.available
  }

  private mutating func move(_ entry: LedgerEntry) throws(AuditFinding) {
    let name = "entry \(entry.sequence) (\(entry.type.rawValue))"
    endedByErasure = entry.type == .pointsForfeited
    guard !entry.type.traits.movesNothing else {
      guard entry.debit == nil, entry.credit == nil, entry.points == 0 else {
        throw AuditFinding("\(name) is one that moves nothing, and moves points")
      }
      lots.note(entry)
      return
    }
    guard let debit = entry.debit, let credit = entry.credit, debit != credit else {
      throw AuditFinding("\(name) has not both a debit and another account as credit")
    }
    let owed = max(0, -totals.available)
    totals.move(entry.points, from: debit, to: credit)
    // Each part was within this bound before, and so was what moved: the sum could still be made.
    guard totals.isWithin(.largestRead) else {
      throw AuditFinding("\(name) brings the account beyond \(Points.largestRead.value) points")
    }
    guard !isCarriedOver else { return }
    guard lots.book(entry, owed: owed) else {
      throw AuditFinding("\(name) takes more out of lot \(entry.lotId ?? "") than it holds")
    }
    if entry.lotId == nil, !entry.type.traits.sweepsLots,
      credit == .memberPending || credit == .memberAvailable || debit == .memberPending
    {
      throw AuditFinding("\(name) names no lot")
    }
    guard lots.pending == totals.pending, lots.available == max(0, totals.available) else {
      throw AuditFinding(
        "after \(name) the lots hold \(lots.pending.value) pending and \(lots.available.value) available, the accounts "
          + "\(totals.pending.value) and \(totals.available.value)")
    }
  }

  private func checkBalances(after entry: LedgerEntry) throws(AuditFinding) {
    guard totals.pending == entry.balances.pending, totals.available == entry.balances.available else {
      throw AuditFinding(
        "entry \(entry.sequence) says \(entry.balances.pending.value) pending and "
          + "\(entry.balances.available.value) available; its moves and those before it give "
          + "\(totals.pending.value) and \(totals.available.value)")
    }
    guard totals.isBalanced, totals.pending >= 0 else {
      throw AuditFinding("after entry \(entry.sequence) the ledger does not balance")
    }
  }

  // MARK: The account topic

  mutating func note(_ account: AccountStatement) {
    statement = .account(account)
    isConfirmed = false
    disagreement = nil
    confirm()
  }

  mutating func noteAbsence() {
    statement = .none
    isConfirmed = false
    disagreement = nil
  }

  /// Compares the statement with the ledger where both stand at the same entry. A member id that began anew passes the
  /// same sequence twice, so a disagreement is a fault only if nothing later takes it back.
  private mutating func confirm() {
    guard !isConfirmed, fault == nil, case .account(let account) = statement, account.sequence == sequence
    else { return }
    let mine = Balances(pending: totals.pending, available: totals.available)
    if account.balances != mine {
      disagreement = "its balances are \(Self.text(account.balances)), those of the ledger \(Self.text(mine))"
    } else if !isCarriedOver, account.totals != totals {
      disagreement = "its totals are not those of the ledger"
    } else if !isCarriedOver, account.status != lots.terms.standing.name {
      disagreement = "it is \(account.status.rawValue), by the ledger \(lots.terms.standing.name.rawValue)"
    } else if !isCarriedOver, account.releases != lots.releases {
      disagreement = "its next releases are not those of the ledger's lots"
    } else if !isCarriedOver, account.expiries != lots.expiries {
      disagreement = "its next expiries are not those of the ledger's lots"
    } else {
      isConfirmed = true
      disagreement = nil
    }
  }

  private static func text(_ balances: Balances) -> String {
    "\(balances.pending.value) pending and \(balances.available.value) available"
  }

  /// The account topic is behind the ledger. That is a fault only if it stays so.
  var isStale: Bool {
    guard fault == nil, !isConfirmed else { return false }
    switch statement {
    case .none: return totals.pending != 0 || totals.available != 0
    case .account(let account): return account.sequence < sequence
    }
  }

  /// The account topic is ahead of what has been read of the ledger.
  var isUnreached: Bool {
    guard fault == nil, !isConfirmed, case .account(let account) = statement else { return false }
    return account.sequence > sequence
  }

  /// What is wrong, once everything has been read.
  var verdict: String? {
    if let fault { return fault }
    guard !isConfirmed else { return nil }
    switch statement {
    case .none:
      guard totals.pending != 0 || totals.available != 0 else { return nil }
      let held = Self.text(Balances(pending: totals.pending, available: totals.available))
      return "has no account, though the ledger leaves \(held)"
    case .account(let account):
      // An account in which nothing has happened yet.
      if account.sequence == 0, sequence == 0, account.balances == Balances(), account.totals == LedgerTotals() {
        return nil
      }
      if let disagreement { return "the account differs: \(disagreement)" }
      return "the account stands at entry \(account.sequence), the ledger at \(sequence)"
    }
  }
}

private struct AuditFinding: Error {
  let text: String

  init(_ text: String) {
    self.text = text
  }
}
