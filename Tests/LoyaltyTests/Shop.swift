import Loyalty
import TestValues
import Testing

/// A programme, one member's account and its rows, driven the way the points engine drives them.
struct Shop {
  var program: Program
  /// Versions that rated purchases before.
  var earlier: [Program] = []
  var account: Account
  var records: [String: PurchaseRecord] = [:]
  /// By lot id.
  var activities: [String: ActivityRecord] = [:]
  var commands: [String: CommandRecord] = [:]
  var entries: [LedgerEntry] = []
  /// Ids of all returns and cancels.
  var returned: [String] = []

  init(_ program: Program, member: String = "M-1") {
    self.program = program
    account = Account(memberId: member, programId: program.id)
  }

  var available: Int64 { account.balances.available.value }
  var pending: Int64 { account.balances.pending.value }
  /// Lot id and what it holds, in the order debits take them.
  var lots: [String] {
    account.lots.map { "\($0.id) \($0.pending.value)+\($0.available.value)" }
  }

  /// Buys lines of these amounts (in the currency's own unit); the same id again is ignored.
  @discardableResult
  mutating func buy(_ id: String, at instant: String, _ amounts: String...) -> Int64 {
    buy(purchase(id, at: instant, lines: amounts.map { line("A", "grocery", $0) }))
  }

  /// Says how many points the purchase was granted.
  @discardableResult
  mutating func buy(_ purchase: Transaction) -> Int64 {
    let lotId = Lot.id(source: purchase.source, purchaseId: purchase.id)
    guard records[lotId] == nil else { return 0 }
    let record = operate { $0.book(purchase, under: $1, bookedAt: purchase.occurredAt, into: &$2) }
    records[lotId] = record
    return record.granted.value
  }

  /// Says how many points the activity was granted. A shop's campaigns have no allotment of their own.
  @discardableResult
  mutating func act(_ activity: Activity) -> Int64 {
    guard activities[activity.lotId] == nil else { return 0 }
    let record = operate { account, program, journal in
      var none = CampaignRooms()
      return account.book(
        activity, under: program, traits: nil, rooms: &none, bookedAt: activity.occurredAt, into: &journal)
    }
    activities[activity.lotId] = record
    return record.granted.value
  }

  mutating func bringBack(
    _ id: String, of purchaseId: String, at instant: String, refund: String, in currency: Currency = usd
  ) {
    reverse(id, of: purchaseId, at: instant, .returned(Return(purchaseId: purchaseId, refund: cents(refund))), currency)
  }

  mutating func bringBack(_ id: String, of purchaseId: String, at instant: String, lines: [ReturnedLine]) {
    reverse(id, of: purchaseId, at: instant, .returned(Return(purchaseId: purchaseId, lines: lines)))
  }

  mutating func bringBack(
    _ id: String, of purchaseId: String, _ returned: Return, at instant: String = "2026-02-10",
    in currency: Currency = usd
  ) {
    reverse(id, of: purchaseId, at: instant, .returned(returned), currency)
  }

  mutating func cancel(_ id: String, of purchaseId: String, at instant: String) {
    reverse(id, of: purchaseId, at: instant, .cancelled(purchaseId: purchaseId))
  }

  private mutating func reverse(
    _ id: String, of purchaseId: String, at instant: String, _ kind: Transaction.Kind, _ currency: Currency = usd
  ) {
    let reversal = Transaction(
      id: id, source: "pos", kind: kind, memberId: account.memberId, occurredAt: time(instant), currency: currency)
    returned.append(id)
    let lotId = Lot.id(source: "pos", purchaseId: purchaseId)
    guard var record = records[lotId] else {
      return operate { $0.keepWaiting(reversal, under: $1, bookedAt: reversal.occurredAt, into: &$2) }
    }
    operate { $0.apply(reversal, to: &record, under: $1, bookedAt: reversal.occurredAt, into: &$2) }
    records[lotId] = record
  }

  mutating func redeem(_ points: Int64, _ id: String, at instant: String) {
    let command = command(id, .redeem(points: Points(points), reference: nil), at: instant)
    guard commands[id] == nil else { return }
    commands[id] = operate {
      $0.redeem(Points(points), for: command, under: $1, bookedAt: command.occurredAt, into: &$2)
    }
  }

  /// - Parameter points: nil: all that is left of it.
  mutating func rollBack(_ redemptionId: String, _ id: String, at instant: String, points: Points? = nil) {
    let command = command(id, .cancelRedemption(redemptionId: redemptionId, points: points), at: instant)
    guard commands[id] == nil else { return }
    var redemption = commands[redemptionId]
    commands[id] = operate {
      $0.cancelRedemption(points, of: &redemption, for: command, under: $1, bookedAt: command.occurredAt, into: &$2)
    }
    commands[redemptionId] = redemption
  }

  mutating func adjust(
    by points: Int64, _ id: String, at instant: String, actor: String? = "ann", reason: String? = "sorry"
  ) {
    var command = command(id, .adjust(points: Points(points)), at: instant)
    command.actor = actor
    command.reason = reason
    guard commands[id] == nil else { return }
    commands[id] = operate { [command] in
      $0.adjust(by: Points(points), for: command, under: $1, bookedAt: command.occurredAt, into: &$2)
    }
  }

  mutating func freeze(_ id: String, at instant: String) { change(.freeze, id, .freeze, at: instant) }
  mutating func unfreeze(_ id: String, at instant: String) { change(.unfreeze, id, .unfreeze, at: instant) }
  mutating func close(_ id: String, at instant: String) { change(.close, id, .close, at: instant) }

  private mutating func change(
    _ change: Account.StandingChange, _ id: String, _ kind: MemberCommand.Kind, at instant: String
  ) {
    guard commands[id] == nil else { return }
    var command = command(id, kind, at: instant)
    command.actor = "ann"
    command.reason = "as asked"
    commands[id] = operate { [command] in
      $0.change(change, for: command, under: $1, bookedAt: command.occurredAt, into: &$2)
    }
  }

  /// Says what is handed over; nil: the transfer was refused, or answered before.
  @discardableResult
  mutating func send(_ points: Int64, to recipient: String, _ id: String, at instant: String) -> Transfer? {
    guard commands[id] == nil else { return nil }
    let command = command(id, .transfer(points: Points(points), to: recipient), at: instant)
    let sent = operate {
      $0.send(Points(points), to: recipient, for: command, under: $1, bookedAt: command.occurredAt, into: &$2)
    }
    commands[id] = sent.record
    return sent.transfer
  }

  /// Says why the transfer is sent back; nil: it was booked in, or had been before.
  mutating func receive(_ transfer: Transfer) -> RefusalCode? {
    let key = transfer.from + "\u{1F}" + transfer.id
    guard commands[key] == nil else { return nil }
    commands[key] = CommandRecord(id: transfer.id, outcome: .transferAnswered, occurredAt: transfer.occurredAt)
    return operate { account, _, journal in
      account.receive(transfer, bookedAt: transfer.occurredAt, into: &journal)
    }
  }

  mutating func takeBack(_ transfer: Transfer, because code: RefusalCode) {
    guard var record = commands[transfer.id] else { return }
    operate {
      $0.takeBack(
        transfer, because: code, record: &record, under: $1, bookedAt: transfer.occurredAt, into: &$2)
    }
    commands[transfer.id] = record
  }

  /// Says how much of what a campaign's budget gave was booked. A shop's campaigns have no allotment of their own.
  @discardableResult
  mutating func grant(_ points: Points, rule: String, to purchaseId: String, _ id: String) -> Points {
    let lotId = Lot.id(source: "pos", purchaseId: purchaseId)
    guard var record = records[lotId] else { return 0 }
    let given = operate {
      $0.grant(points, rule: rule, id: id, to: &record, under: $1, bookedAt: $0.clock, into: &$2)
    }
    records[lotId] = record
    return given
  }

  mutating func settle(_ instant: String) { settle(time(instant)) }

  mutating func settle(_ instant: Instant) {
    operate { account, _, journal in account.settle(upTo: instant, bookedAt: instant, into: &journal) }
  }

  mutating func reach(_ level: String, since: Instant) {
    let change = TierChange(
      memberId: account.memberId, programId: program.id, level: level, previous: "member", since: since, until: nil,
      reason: .upgrade, metric: .zero, cause: "test")
    let (keys, activityKeys) = (records.keys.sorted(), activities.keys.sorted())
    var remembered = RatedRecords(
      purchases: keys.compactMap { records[$0] }, activities: activityKeys.compactMap { activities[$0] })
    var journal = Journal()
    let changed = account.note(
      change, records: &remembered,
      version: { [program, earlier] number in earlier.first { $0.version == number } ?? program },
      bookedAt: account.clock, into: &journal)
    for index in changed.purchases { records[keys[index]] = remembered.purchases[index] }
    for index in changed.activities { activities[activityKeys[index]] = remembered.activities[index] }
    take(&journal)
  }

  /// Runs one operation, then does with its expiries what the engine does.
  private mutating func operate<Result>(_ operation: (inout Account, Program, inout Journal) -> Result) -> Result {
    var journal = Journal()
    let result = operation(&account, program, &journal)
    take(&journal)
    return result
  }

  private mutating func take(_ journal: inout Journal) {
    while let bonus = journal.takeLostBonus() {
      guard let lotId = records.keys.first(where: { Lot.shortId($0) == bonus.lotId }), var record = records[lotId]
      else { continue }
      record.expired += journal.takeExpiry(of: lotId)
      account.takeBack(bonus, from: &record, under: program, bookedAt: account.clock, into: &journal)
      records[lotId] = record
    }
    for entry in journal.entries {
      if let problem = entry.problem { Issue.record("an entry that its type's table does not know: \(problem)") }
    }
    entries += journal.entries
    for expiry in journal.expiries {
      records[expiry.lotId]?.expired += expiry.points
      activities[expiry.lotId]?.expired += expiry.points
    }
  }

  private func command(_ id: String, _ kind: MemberCommand.Kind, at instant: String) -> MemberCommand {
    MemberCommand(id: id, kind: kind, memberId: account.memberId, occurredAt: time(instant))
  }
}

func zone(_ identifier: String) -> ZoneCalendar {
  guard let calendar = ZoneCalendar(identifier: identifier) else { preconditionFailure("no zone \(identifier)") }
  return calendar
}

/// Minor units of an amount in dollars.
func cents(_ text: String) -> Int64 {
  guard let amount = decimal(text).minorUnits(exponent: 2) else { preconditionFailure("not cents: \(text)") }
  return amount
}

func line(_ sku: String, _ category: String?, _ amount: String, quantity: String = "1", discount: String = "0")
  -> PurchaseLine
{
  PurchaseLine(
    sku: sku, category: category, quantity: decimal(quantity), amount: cents(amount), discount: cents(discount))
}

func purchase(
  _ id: String, at instant: String = "2017-01-02", discount: String = "0", lines: [PurchaseLine],
  shipping: String = "0", tax: String = "0"
) -> Transaction {
  Transaction(
    id: id, source: "pos", kind: .purchase, memberId: "M-1", occurredAt: time(instant), currency: usd, lines: lines,
    orderDiscount: cents(discount), shipping: cents(shipping), tax: cents(tax),
    total: lines.reduce(cents(shipping) + cents(tax) - cents(discount)) { $0 + $1.net })
}

func spendRule(_ id: String, _ points: String, per: String = "1.00", when: Condition? = nil) -> EarningRule {
  EarningRule(id: id, kind: .spend(points: decimal(points), per: decimal(per)), when: when)
}

/// A programme in UTC with one point per dollar, unless told otherwise.
func program(
  _ earning: EarningRule..., rounding: Rounding = .down, pendingDays: Int = 0, expiry: Program.Expiry = .never,
  returns: ReturnPolicy = ReturnPolicy(), redemption: RedemptionPolicy = RedemptionPolicy(),
  calendar: ZoneCalendar = zone("UTC"),
  closingGraceDays: Int = 30, transfer: TransferPolicy? = nil, tiers: TierScheme? = nil
) -> Program {
  Program(
    id: "journey", version: 1, effectiveFrom: .epoch, name: "Journey", currencies: [usd], calendar: calendar,
    rounding: rounding, earning: earning.isEmpty ? [spendRule("base", "1")] : earning, pendingDays: pendingDays,
    expiry: expiry, returns: returns, redemption: redemption, closingGraceDays: closingGraceDays,
    transfer: transfer, tiers: tiers)
}
