import Contracts
import Loyalty
import Rewards
import StreamRuntime

/// Takes what is asked of a member's rewards, each id once.
struct RewardRequestDesk {
  private let book: RewardBook
  private let redemptions: RedemptionDesk
  private let orders: OrderDesk

  init(_ book: RewardBook, _ redemptions: RedemptionDesk, _ orders: OrderDesk) {
    self.book = book
    self.redemptions = redemptions
    self.orders = orders
  }

  func process(_ request: RewardRequest) throws {
    book.context.clock.observe(request.occurredAt.milliseconds)
    switch request.kind {
    case .redeem(let redeem):
      guard try isNew(request) else { return }
      try self.redeem(redeem, request)
    case .issue(let pool, _):
      guard try isNew(request) else { return }
      try issue(pool, request)
    case .cancel(let redemptionId): try cancel(redemptionId, request)
    case .deliver(let redemptionId, let reference): try deliver(redemptionId, reference, request)
    case .settle(let redemptionId, let settlement): try settle(redemptionId, settlement, request)
    }
  }

  /// What has this id already was answered, or will be.
  private func isNew(_ request: RewardRequest) throws -> Bool {
    try book.redemptions.get(RedemptionKey.of(request.memberId, request.id)) == nil
  }

  // MARK: Redeeming

  /// Points turn into rewards by themselves, at what they cost there: the terms are the reward's, but not its price.
  func convert(_ redeem: RewardRequest.Redeem, _ request: RewardRequest, costing points: Points) throws {
    guard try isNew(request) else { return }
    try self.redeem(redeem, request, costing: points)
  }

  /// - Parameter cost: of all pieces; nil: what the reward asks.
  private func redeem(
    _ redeem: RewardRequest.Redeem, _ request: RewardRequest, costing cost: Points? = nil
  ) throws {
    guard let reward = book.reward(redeem.reward) else {
      return try refuse(redeem, request, .unknownReward, as: nil, nil)
    }
    guard let program = book.program(reward.programId, at: request.occurredAt), program.status == .active else {
      return try refuse(redeem, request, .rewardNotActive(.paused), as: reward, nil)
    }
    if case .partner(let id, _) = reward.delivery, !redemptions.canOrder(from: id) {
      return try refuse(redeem, request, .deliveryFailed("no-partner"), as: reward, program)
    }
    let usesKey = RecordKey.joined(request.memberId, reward.id)
    let uses = try book.uses.get(usesKey) ?? UsesRow()
    let ask = RewardAsk(
      quantity: redeem.quantity, shown: redeem.shown, at: request.occurredAt, calendar: program.calendar,
      level: try book.levels.get(RecordKey.joined(request.memberId, program.id))?.level,
      traits: try book.traits.get(request.memberId), available: RedemptionDesk.asManyAsThereAre, uses: uses.uses)
    switch reward.quote(ask) {
    case .refused(let refusal): try refuse(redeem, request, refusal, as: reward, program)
    case .price(let points):
      let payment = Self.payment(redeem, by: reward)
      if let refusal = payment.refusal { return try refuse(redeem, request, refusal, as: reward, program) }
      let pool = try poolLimit(of: reward.delivery, request, quantity: redeem.quantity)
      if let refusal = pool.refusal { return try refuse(redeem, request, refusal, as: reward, program) }
      let day = program.calendar.day(of: request.occurredAt)
      let (redemption, steps) = Redemption.start(
        request.id, memberId: request.memberId, reward, quantity: redeem.quantity,
        points: payment.points ?? cost ?? points,
        at: request.occurredAt)
      var row = RedemptionRow(redemption, programId: program.id, limit: reward.perMember, day: day)
      row.poolLimit = pool.limit
      row.off = payment.off
      row.reference = redeem.payment?.bill
      try redemptions.begin(row, steps, stock: reward.stock)
    }
  }

  /// What points take off a bill, and how many it takes; nothing of rewards that do not pay.
  private static func payment(
    _ redeem: RewardRequest.Redeem, by reward: Reward
  ) -> (points: Points?, off: Money?, refusal: RedemptionRefusal?) {
    switch (redeem.payment, reward.payment) {
    case (nil, nil): return (nil, nil, nil)
    case (let payment?, let terms?):
      switch terms.offer(payment.points, off: payment.total) {
      case .off(let points, let minorUnits):
        return (points, Money(minorUnits: minorUnits, currency: terms.currency), nil)
      case .belowMinimum(let needed, let has): return (nil, nil, .belowMinimum(needed: needed, has: has))
      case .insufficientPoints(let required, let available):
        return (nil, nil, .insufficientPoints(required: required, available: available))
      case .noEffect: return (nil, nil, .noEffect)
      }
    case (_?, nil), (nil, _?): return (nil, nil, .noEffect)
    }
  }

  private func refuse(
    _ redeem: RewardRequest.Redeem, _ request: RewardRequest, _ refusal: RedemptionRefusal, as reward: Reward?,
    _ program: Program?
  ) throws {
    let redemption = Redemption(
      id: request.id, memberId: request.memberId, reward: redeem.reward, version: reward?.version ?? 0,
      quantity: redeem.quantity, points: 0, hasStock: false, delivery: reward?.delivery ?? .manual,
      cancelTerms: .init(), askedAt: request.occurredAt, state: .refused(refusal))
    let calendar = program?.calendar ?? RedemptionDesk.utc
    try redemptions.refuse(
      RedemptionRow(
        redemption, programId: reward?.programId ?? "", limit: nil, day: calendar.day(of: request.occurredAt)), refusal)
  }

  /// What the pool allows a member, and why this member gets no more of it; nil: it says nothing, or they do.
  private func poolLimit(
    of delivery: Reward.Delivery, _ request: RewardRequest, quantity: Int64
  ) throws -> (limit: RedemptionRow.PoolLimit?, refusal: RedemptionRefusal?) {
    guard case .voucher(let id) = delivery, let pool = book.pool(id), let limit = pool.perMember else {
      return (nil, nil)
    }
    let day = pool.calendar.day(of: request.occurredAt)
    let uses = try book.uses.get(PoolUsesKey.of(request.memberId, id))?.uses ?? MemberUses()
    guard quantity > uses.left(on: day, under: limit) else { return (.init(limit, day: day), nil) }
    let used = uses.used(on: day, under: limit)
    return (nil, .memberLimit(limit: limit.count, used: used, asked: quantity))
  }

  // MARK: Without points

  private func issue(_ pool: String, _ request: RewardRequest) throws {
    let known = book.pool(pool)
    let reward = Reward(
      id: pool, version: known?.version ?? 0, programId: "", costs: [.init(0)], delivery: .voucher(pool: pool))
    let (redemption, steps) = Redemption.start(
      request.id, memberId: request.memberId, reward, quantity: 1, points: 0, at: request.occurredAt)
    let day = (known?.calendar ?? RedemptionDesk.utc).day(of: request.occurredAt)
    var row = RedemptionRow(redemption, programId: nil, limit: nil, day: day)
    guard known == nil else {
      let limit = try poolLimit(of: reward.delivery, request, quantity: 1)
      row.poolLimit = limit.limit
      guard let refusal = limit.refusal else { return try redemptions.begin(row, steps, stock: nil) }
      row = RedemptionRow(
        Redemption(
          id: request.id, memberId: request.memberId, reward: pool, version: reward.version, quantity: 1, points: 0,
          hasStock: false, delivery: reward.delivery, cancelTerms: .init(), askedAt: request.occurredAt,
          state: .refused(refusal)), programId: nil, limit: nil, day: day)
      return try redemptions.refuse(row, refusal)
    }
    _ = row.redemption.take(.deliveryFailed("unknown-pool"))
    try redemptions.refuse(row, .unknownReward)
  }

  // MARK: Later

  private func cancel(_ redemptionId: String, _ request: RewardRequest) throws {
    guard var row = try book.redemptions.get(RedemptionKey.of(request.memberId, redemptionId)) else {
      return unknown(redemptionId, request, .cancelRefused)
    }
    // The same request once more.
    guard row.cancelledBy != request.id else { return }
    if case .cancelling = row.redemption.state {
      return redemptions.tell(row, .cancelRefused, id: request.id, .init(.underWay))
    }
    let calendar = row.programId.flatMap { book.program($0, at: request.occurredAt) }?.calendar ?? RedemptionDesk.utc
    if row.pieces.contains(where: { $0.state == .used }) {
      return redemptions.tell(row, .cancelRefused, id: request.id, .init(.used))
    }
    switch row.redemption.cancel(at: request.occurredAt, in: calendar) {
    case .refused(let refusal): redemptions.tell(row, .cancelRefused, id: request.id, .init(refusal))
    case .steps(let steps):
      row.cancelledBy = request.id
      try redemptions.go(on: row, steps)
    }
  }

  private func deliver(_ redemptionId: String, _ reference: String?, _ request: RewardRequest) throws {
    guard var row = try book.redemptions.get(RedemptionKey.of(request.memberId, redemptionId)) else {
      return unknown(redemptionId, request, .deliverRefused)
    }
    guard row.redemption.delivery == .manual, row.redemption.state == .delivering else {
      return redemptions.tell(row, .deliverRefused, id: request.id, .init(code: "not-to-deliver"))
    }
    row.reference = reference
    try redemptions.take(.delivered(reference ?? request.id), by: &row)
  }

  /// What becomes of it is told of the redemption, as where the partner says it.
  private func settle(
    _ redemptionId: String, _ settlement: RewardRequest.Settlement, _ request: RewardRequest
  ) throws {
    let key = RedemptionKey.of(request.memberId, redemptionId)
    guard let row = try book.redemptions.get(key) else { return unknown(redemptionId, request, .settleRefused) }
    let refusal = try orders.settle(settlement, of: key, actor: request.actor ?? request.id)
    guard let refusal else { return }
    redemptions.tell(row, .settleRefused, id: request.id, .init(code: refusal))
  }

  private func unknown(_ redemptionId: String, _ request: RewardRequest, _ state: RedemptionStatus.State) {
    let refusal = CancelRefusal.unknownRedemption
    book.countRefusal(refusal.code)
    book.tell(
      RedemptionStatus(
        id: request.id, memberId: request.memberId, redemptionId: redemptionId, state: state,
        refusal: .init(refusal), occurredAt: book.now))
  }
}
