import Loyalty
import TestValues
import Testing

/// Two members' random lives: earning, spending, giving, freezes, closings and time, under every kind of expiry.
@Suite(.timeLimit(.minutes(10))) struct AccountLifeTests {
  static let seeds = Array(UInt64(1)...2_500)
  static let stepsPerLife = 60

  /// Two shops that send points to each other; a transfer arrives some steps after it left.
  struct Life {
    var shops: [Shop]
    var underWay: [Transfer] = []
    /// Debits that left a lot behind which they should have taken first.
    var outOfOrder = 0
    private var random: SplitMix
    private var clock = time("2017-01-01")
    private var steps = 0

    init(seed: UInt64) {
      random = SplitMix(seed: seed)
      let kinds: [Program.Expiry] = [
        .never, .months(1, at: .monthEnd), .days(20, at: .dayEnd), .inactivity(days: 15), .days(40),
        .inactivity(.months(1)), .first([.date(month: 1, day: 31, years: 0), .inactivity(days: 20)]),
      ]
      let programme = program(
        pendingDays: [0, 7][Int.random(in: 0...1, using: &random)], expiry: kinds[Int(seed % 5)],
        returns: ReturnPolicy(overdraw: seed % 7 == 0 ? .negative : .clamp, waitDays: 5, graceDays: 10),
        calendar: zone(seed % 2 == 0 ? "America/New_York" : "UTC"), closingGraceDays: 12,
        transfer: TransferPolicy(pointsPerMonth: 120))
      shops = [Shop(programme, member: "M-1"), Shop(programme, member: "M-2")]
    }

    mutating func step() {
      steps += 1
      clock = clock.advanced(byMilliseconds: Int64.random(in: 0...4 * 86_400_000, using: &random))
      let at = clock.rfc3339
      let who = Int.random(in: 0...1, using: &random)
      let points = Int64.random(in: 1...40, using: &random)
      let earlier = "\(Int.random(in: 1...steps, using: &random))"
      let entriesBefore = shops[who].entries.count
      let before = shops[who].account
      switch Int.random(in: 0...19, using: &random) {
      case 0...6: shops[who].buy("P\(steps)", at: at, "\(points).00")
      case 7...9: shops[who].redeem(points, "E\(steps)", at: at)
      case 10: shops[who].rollBack("E" + earlier, "B\(steps)", at: at)
      case 11: shops[who].bringBack("R\(steps)", of: "P" + earlier, at: at, refund: "\(points).00")
      case 12: shops[who].adjust(by: points - 20, "A\(steps)", at: at)
      case 13...15:
        let sent = shops[who].send(points, to: "M-\(2 - who)", "T\(steps)", at: at)
        if let sent { underWay.append(sent) }
      case 16: shops[who].freeze("F\(steps)", at: at)
      case 17: shops[who].unfreeze("U\(steps)", at: at)
      case 18: if Int.random(in: 0...5, using: &random) == 0 { shops[who].close("C\(steps)", at: at) }
      default: shops[who].settle(clock)
      }
      checkOrder(of: shops[who].entries[entriesBefore...], before, shops[who].account)
      while !underWay.isEmpty, Bool.random(using: &random) { arrive() }
    }

    /// Whatever is delivered twice counts once.
    mutating func arrive() {
      let transfer = underWay.removeFirst()
      let (to, from) = transfer.to == "M-1" ? (0, 1) : (1, 0)
      for _ in 0..<2 {
        if let code = shops[to].receive(transfer) {
          for _ in 0..<2 { shops[from].takeBack(transfer, because: code) }
        }
      }
    }

    /// The last lot that a debit took must not leave one behind that expires sooner, or with it and is older.
    private mutating func checkOrder(of entries: ArraySlice<LedgerEntry>, _ before: Account, _ after: Account) {
      let debits = entries.filter { $0.type == .pointsRedeemed || $0.type == .transferredOut }
      guard let last = before.lots.first(where: { $0.id == debits.last?.lotId }) else { return }
      let expiry = { (lot: Lot) in after.terms.expiry(of: lot) ?? .distantFuture }
      let isBehind = after.lots.contains { lot in
        guard lot.available > 0, lot.id != last.id else { return false }
        return (expiry(lot), lot.earnedAt) < (expiry(last), last.earnedAt)
      }
      if isBehind { outOfOrder += 1 }
    }
  }

  @Test func noPointIsMadeOrLostWhateverHappensToAnAccount() {
    for seed in Self.seeds {
      var life = Life(seed: seed)
      for _ in 0..<Self.stepsPerLife { life.step() }
      var problems: [String] = []
      let underWay = life.underWay.reduce(0) { $0 + $1.points }
      if inTransfer(life) != underWay { problems.append("\(inTransfer(life)) in transfer, \(underWay) under way") }
      while !life.underWay.isEmpty { life.arrive() }
      if inTransfer(life) != 0 { problems.append("\(inTransfer(life)) left in transfer") }
      if life.outOfOrder != 0 { problems.append("\(life.outOfOrder) debits took a later lot") }
      for shop in life.shops { problems += Self.problems(of: shop) }
      #expect(problems.isEmpty, "seed \(seed)")
    }
  }

  private func inTransfer(_ life: Life) -> Points { life.shops.reduce(0) { $0 + $1.account.totals.transferred } }

  /// Entries alone give the account; ids are unique; time leaves nothing that is over.
  private static func problems(of life: Shop) -> [String] {
    var shop = life
    shop.settle("2030-01-01")
    let account = shop.account
    let standing = account.terms.standing.name
    var totals = LedgerTotals()
    var problems: [String] = []
    for (index, entry) in shop.entries.enumerated() {
      if let debit = entry.debit, let credit = entry.credit { totals.move(entry.points, from: debit, to: credit) }
      let isSound =
        entry.balances == Balances(pending: totals.pending, available: totals.available)
        && entry.sequence == Int64(index + 1)
      if !isSound { problems.append("entry \(entry.id) does not follow from those before it") }
    }
    if totals != account.totals || !totals.isBalanced { problems.append("the entries do not give the account") }
    if Set(shop.entries.map(\.id)).count != shop.entries.count { problems.append("an entry id stands twice") }
    let runsOut = shop.program.expiry != .never || standing == .closed
    if runsOut, account.balances.available > 0 { problems.append("points never ran out") }
    if standing != .frozen, account.balances.pending != 0 { problems.append("points stay pending for ever") }
    if standing == .closed, !account.lots.isEmpty { problems.append("a closed account keeps lots") }
    return problems
  }
}
