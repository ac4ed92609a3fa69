import Contracts
import Loyalty
import Partners
import Rewards
import StreamRuntime

/// Takes orders from the store to partners and what comes of them back.
///
/// A cycle marks as many due orders as being out as the pool has room for, and hands them over once it is committed;
/// the rest waits in the store. Outcomes are acknowledged once the cycle that took them is committed. A worker that
/// ends in between leaves the order out, and whoever finds that asks the partner what became of it before all else.
final class OrderDesk {
  private let book: RewardBook
  private let redemptions: RedemptionDesk
  private let pool: PartnerPool?
  private let partition: Int32

  /// This cycle's: given to the pool when it is committed.
  private var jobs: [PartnerJob] = []
  private var slots: PartnerSlots?
  private var taken: [PartnerResult] = []
  private var interrupted = 0

  /// When it last looked for outcomes and due rows, and how often it does while calls are out.
  private var lookedMs: Int64 = 0
  private static let lookEveryMs: Int64 = 25
  /// A call whose process is gone is found so long after its answer would have been due.
  private static let leaseMarginMs: Int64 = 5_000
  /// A call of before, which this process still has out, is waited for.
  private static let strayLookMs: Int64 = 1_000
  /// A partner without a document or credentials is looked for so often.
  private static let lookForPartnerMs: Int64 = 15_000

  init(_ book: RewardBook, _ redemptions: RedemptionDesk) {
    self.book = book
    self.redemptions = redemptions
    pool = book.partnerPool
    partition = book.context.partition
    pool?.attend(partition)
  }

  deinit { pool?.leave(partition) }

  /// When there is something to do, by the machine's clock; nil: not before the next record.
  var wakeUpMs: Int64? {
    guard let pool else { return nil }
    let nowMs = book.machineNow.milliseconds
    // A clock that was put back must not hold everything up.
    let lookAgainMs = lookedMs > nowMs ? nowMs : lookedMs + Self.lookEveryMs
    let view = pool.view(of: partition)
    if view.isWaiting { return lookAgainMs }
    if view.hasOutcomes { return nowMs }
    guard let dueMs = book.orders.firstDueMs else { return nil }
    return view.hasRoom ? dueMs : max(dueMs, lookAgainMs)
  }

  func work() throws {
    guard let pool else { return }
    lookedMs = book.machineNow.milliseconds
    if pool.view(of: partition).hasOutcomes { try takeOutcomes(pool) }
    try takeUpDueRows(pool)
  }

  func cycleCommitted() {
    guard let pool else { return }
    pool.acknowledge(taken, of: partition)
    taken.removeAll()
    pool.found(interrupted: interrupted)
    interrupted = 0
    guard let slots else { return }
    pool.submit(jobs, using: slots)
    jobs = []
    self.slots = nil
  }

  // MARK: Outcomes

  private func takeOutcomes(_ pool: PartnerPool) throws {
    var pointless: [PartnerResult] = []
    for result in pool.results(of: partition) where !taken.contains(result) {
      // The member was erased meanwhile.
      guard var row = try book.orders.get(result.key), !row.delivery.isSettled else {
        pointless.append(result)
        continue
      }
      let (before, now) = (row.state, book.machineNow)
      let patience = try patience(of: row.delivery)
      let news: PartnerNews? =
        switch result.outcome {
        case .issue(let verdict, let call): row.delivery.take(verdict, of: call, at: now, patience)
        case .status(let verdict, let call): row.delivery.take(verdict, of: call, at: now, patience)
        }
      try keep(&row, before, news)
      taken.append(result)
    }
    pool.acknowledge(pointless, of: partition)
  }

  /// Puts the row as it stands now, tells it where its state is another, and the redemption what is new.
  private func keep(_ row: inout OrderRow, _ before: OrderRecord.State, _ news: PartnerNews?) throws {
    row.putOffUntil = nil
    // What came of a call of before says nothing of the one that is out.
    if !row.delivery.isOut { row.leaseUntil = nil }
    if row.delivery.isSettled { row.forgetAt = book.machineNow.advanced(byMilliseconds: book.settings.memoryMs) }
    try book.orders.put(RedemptionKey.of(row.memberId, row.redemptionId), row)
    if row.state != before {
      book.tell(row.record(at: book.now))
      countOpen(row.state, before)
    }
    if let news { try redemptions.take(news, of: row) }
  }

  private func countOpen(_ now: OrderRecord.State, _ before: OrderRecord.State) {
    book.count { figures in
      figures.ordersOpen += (now.isOpen ? 1 : 0) - (before.isOpen ? 1 : 0)
      figures.ordersInDoubt += (now == .inDoubt ? 1 : 0) - (before == .inDoubt ? 1 : 0)
    }
  }

  /// Where its partner has no adapter any more, only waits that are the same for all count.
  private func patience(of delivery: PartnerDelivery) throws -> PartnerPatience {
    let terms = book.partner(delivery.order.partner).flatMap { book.partnerPool?.accounts($0) }?.terms
    return PartnerPatience(terms: terms ?? PartnerTerms.cautious)
  }

  // MARK: Due rows

  private func takeUpDueRows(_ pool: PartnerPool) throws {
    // What finds no room is written anew: of many that wait no more are looked at than can go.
    guard pool.view(of: partition).hasRoom else { return }
    let now = book.machineNow
    let due = try book.orders.due(upToMs: now.milliseconds, limit: pool.callsMax)
    for (key, row) in due { try takeUp(key, row, pool, at: now) }
  }

  private func takeUp(_ key: String, _ found: OrderRow, _ pool: PartnerPool, at now: Instant) throws {
    var row = found
    if let forgetAt = row.forgetAt, forgetAt <= now { return try forget(key, row) }
    switch row.delivery.state {
    case .asking, .checking:
      if pool.holds(key, of: partition) {
        row.leaseUntil = now.advanced(byMilliseconds: leaseMs(pool))
        return try book.orders.put(key, row)
      }
      interrupted += 1
      let before = row.state
      let news = row.delivery.interrupt(at: now)
      try keep(&row, before, news)
    case .ready, .doubtful: try ask(key, &row, pool, at: now)
    case .issued, .refused: try book.orders.remove(key)
    }
  }

  private func leaseMs(_ pool: PartnerPool) -> Int64 { pool.timeoutMs + Self.leaseMarginMs }

  private func ask(_ key: String, _ row: inout OrderRow, _ pool: PartnerPool, at now: Instant) throws {
    let id = row.delivery.order.partner
    // Where a document is paused what was ordered goes on: points are paid.
    guard let partner = book.partner(id), let adapter = pool.accounts(partner) else {
      row.putOffUntil = now.advanced(byMilliseconds: Self.lookForPartnerMs)
      return try book.orders.put(key, row)
    }
    // An outcome of this order that no cycle took yet counts before another call.
    guard !pool.holds(key, of: partition) || taken.contains(where: { $0.key == key }) else {
      row.putOffUntil = now.advanced(byMilliseconds: Self.strayLookMs)
      return try book.orders.put(key, row)
    }
    let terms = adapter.terms.limited(toCallsPerSecond: partner.requestsPerSecond.map { Int($0) })
    let (before, patience) = (row.state, PartnerPatience(terms: terms))
    // What is given up needs no room.
    if case .told(let news) = row.delivery.next(at: now, mayCall: false, patience) {
      return try keep(&row, before, news)
    }
    let slots = self.slots ?? pool.slots()
    self.slots = slots
    if let again = pool.reserve(id, terms, in: slots, releasing: taken.count, at: now) {
      row.putOffUntil = again
      return try book.orders.put(key, row)
    }
    guard case .call(let call) = row.delivery.next(at: now, mayCall: true, patience) else {
      preconditionFailure("an order that is due, and may go, does not")
    }
    row.putOffUntil = nil
    row.leaseUntil = now.advanced(byMilliseconds: leaseMs(pool))
    try book.orders.put(key, row)
    jobs.append(PartnerJob(key: key, partition: partition, partner: id, call: call, adapter: adapter))
  }

  private func forget(_ key: String, _ row: OrderRow) throws {
    try book.orders.remove(key)
    book.forget(order: row.delivery.order.id)
  }

  // MARK: By hand

  /// An operator has found out what became of an order in doubt.
  ///
  /// - Returns: nil where it is settled; else the code of why not.
  func settle(_ settlement: RewardRequest.Settlement, of key: String, actor: String) throws -> String? {
    guard var row = try book.orders.get(key), row.delivery.inDoubtSince != nil else { return "not-in-doubt" }
    let before = row.state
    let found: PartnerDelivery.Settlement
    switch settlement {
    case .notIssued: found = .notIssued(actor: actor)
    case .issued(let sealed):
      let codes = sealed.compactMap { book.settings.key.open($0) }
      guard codes.count == sealed.count else { return "code-not-sealed" }
      found = .issued(codes.map { PartnerVoucher(code: $0) })
    }
    guard let news = row.delivery.settle(found, at: book.machineNow) else { return "other-count" }
    try keep(&row, before, news)
    return nil
  }
}

extension PartnerDelivery {
  fileprivate var isOut: Bool {
    switch state {
    case .asking, .checking: true
    case .ready, .doubtful, .issued, .refused: false
    }
  }
}

extension OrderRecord.State {
  var isOpen: Bool { self == .open || self == .inDoubt }
}
