import Contracts
import Loyalty
import Rewards
import StreamRuntime

/// Leads the redemptions of the members of this partition: takes news of those who own stock, points and codes, asks
/// them for the next step, and tells what became of it.
struct RedemptionDesk {
  let book: RewardBook
  private let mint: CodeMint

  /// The points engine says whether a member has enough; nothing is known of it here but how many one command takes.
  static let asManyAsThereAre = Points.largestMovement
  static let utc = ZoneCalendar.shared("UTC")!

  init(_ book: RewardBook) {
    self.book = book
    mint = CodeMint(book.settings.key)
  }

  // MARK: Begin

  /// - Parameter stock: what the reward's document puts in.
  func begin(_ row: RedemptionRow, _ steps: [RedemptionStep], stock: Int64?) throws {
    try countUses(row, by: row.redemption.quantity)
    if steps == [.holdStock] {
      let asked = row.redemption
      send(
        .holdStock(reward: asked.reward, pieces: asked.quantity, stock: stock ?? 0, version: asked.version), asked)
      return try put(row)
    }
    try go(on: row, steps)
  }

  func refuse(_ row: RedemptionRow, _ refusal: RedemptionRefusal) throws {
    var row = row
    row.forgetAt = book.forgetAt
    try put(row)
    tell(row, .refused, id: row.redemption.id, .init(refusal))
  }

  // MARK: News

  /// What an owner tells of a redemption; of one that is not known, nothing is to be done.
  func process(_ message: RewardMessage) throws {
    guard var row = try book.redemptions.get(RedemptionKey.of(message.memberId, message.redemptionId)) else { return }
    switch message.content {
    case .stockHeld: try take(.stockHeld, by: &row)
    case .stockRefused(let left): try take(.stockRefused(left: left), by: &row)
    case .codeIssued(let piece, let code): try noteIssued(piece, code, &row)
    case .codeTaken(let piece, let counter): try makeAnother(piece, after: counter, &row)
    case .noCodeLeft(let piece): try note(.none, piece, from: [.asked], &row)
    case .takenBack(let piece): try note(.back, piece, from: [.askedBack], &row)
    case .notTakenBack(let piece): try note(.used, piece, from: [.askedBack], &row)
    case .voucherUsed(let piece): try note(.used, piece, from: [.issued, .askedBack], &row)
    case .voucherGivenBack(let piece): try note(.issued, piece, from: [.used], &row)
    case .voucherExpired(let piece): try note(.expired, piece, from: [.issued, .askedBack], &row)
    case .holdStock, .giveStock, .returnStock, .issueCode, .giveCode, .takeBack: break
    }
  }

  /// What the ledger says of the points.
  func process(_ entry: LedgerEntry) throws {
    let suffix = RedemptionStep.takePoints.id(of: "")
    guard entry.source == Service.rewardEngine.name, entry.cause.hasSuffix(suffix),
      var row = try book.redemptions.get(RedemptionKey.of(entry.memberId, String(entry.cause.dropLast(suffix.count))))
    else { return }
    switch entry.type {
    case .pointsRedeemed: try take(.pointsTaken, by: &row)
    case .redemptionRefused: try take(.pointsRefused(refusal(entry, row.redemption)), by: &row)
    default: break
    }
  }

  private func refusal(_ entry: LedgerEntry, _ redemption: Redemption) -> RedemptionRefusal {
    switch entry.reason.flatMap(RefusalCode.init(rawValue:)) {
    case .insufficientPoints:
      .insufficientPoints(required: redemption.points, available: max(0, entry.balances.available))
    case .accountFrozen, .accountClosed: .accountFrozen
    case .programPaused: .rewardNotActive(.paused)
    case .belowMinimum:
      .belowMinimum(
        needed: book.program(entry.programId, at: entry.occurredAt)?.redemption.minimumPoints ?? 0,
        has: redemption.points)
    default: .notEligible
    }
  }

  func take(_ news: RedemptionNews, by row: inout RedemptionRow) throws {
    let before = row.redemption.state
    let steps = row.redemption.take(news)
    if before == .stockHeld, row.redemption.state != before {
      row.pointsAsk = nil
      book.count { $0.waiting -= 1 }
    }
    if case .refused(let refusal) = row.redemption.state, before != row.redemption.state {
      try countUses(row, by: -row.redemption.quantity)
      row.forgetAt = book.forgetAt
      try put(row)
      for step in steps { try ask(step, &row) }
      return tell(row, .refused, id: row.redemption.id, .init(refusal))
    }
    try go(on: row, steps, from: before)
  }

  // MARK: Steps

  /// Asks for the steps, keeps the row, and tells what is new.
  func go(on row: RedemptionRow, _ steps: [RedemptionStep], from before: Redemption.State? = nil) throws {
    var row = row
    for step in steps where step != .deliver { try ask(step, &row) }
    let state = row.redemption.state
    if state == .stockHeld, before != state { book.count { $0.waiting += 1 } }
    if state != before { try told(&row, from: before) }
    try put(row)
    if steps.contains(.deliver) { try deliver(row) }
    // Of a delivery by hand there is no code to wait for.
    if case .cancelling = state, !row.has(.askedBack) { try take(.takenBack, by: &row) }
  }

  private func told(_ row: inout RedemptionRow, from before: Redemption.State?) throws {
    let id = row.redemption.id
    row.forgetAt = nil
    switch row.redemption.state {
    case .issued:
      if row.pieces.isEmpty { row.forgetAt = book.forgetAt }
      if case .used = before { return tell(row, .givenBack, id: id + "/given-back") }
      payBackLost(&row)
      tell(row, .issued, id: id)
    case .used:
      row.forgetAt = book.forgetAt
      if case .cancelling = before { refuseCancelling(&row) }
      tell(row, .used, id: id + "/used")
    case .expired:
      row.forgetAt = book.forgetAt
      tell(row, .expired, id: id + "/expired")
    case .cancelled:
      row.forgetAt = book.forgetAt
      try countUses(row, by: -row.redemption.quantity)
      tell(row, .cancelled, id: row.cancelledBy ?? id + "/cancelled")
    case .delivering where row.redemption.delivery == .manual: tell(row, .delivering, id: id + "/delivering")
    case .unknown: tell(row, .unknown, id: id + "/unknown")
    case .asked, .stockHeld, .delivering, .cancelling, .refused: break
    }
  }

  /// A piece was used before it came back: for those that did, their points do.
  private func refuseCancelling(_ row: inout RedemptionRow) {
    if let request = row.cancelledBy { tell(row, .cancelRefused, id: request, .init(.used)) }
    payBackLost(&row)
  }

  /// The points of pieces that are back, or never had a code: of each once, whatever becomes of the others.
  private func payBackLost(_ row: inout RedemptionRow) {
    let lost = Int64(row.pieces.count { $0.state == .back || $0.state == .none })
    let points = Points(row.redemption.points.value / row.redemption.quantity * (lost - row.piecesPaidBack))
    guard points > 0 else { return }
    row.piecesPaidBack = lost
    payBack(points, &row)
  }

  /// - Parameter points: nil: all that is left of them.
  private func payBack(_ points: Points?, _ row: inout RedemptionRow) {
    row.refunds += 1
    let taken = RedemptionStep.takePoints.id(of: row.redemption.id)
    // The points engine takes an id once: each refund has its own.
    let id = RedemptionStep.returnPoints.id(of: row.redemption.id) + (row.refunds > 1 ? "/\(row.refunds)" : "")
    command(.cancelRedemption(redemptionId: taken, points: points), id: id, row)
  }

  private func ask(_ step: RedemptionStep, _ row: inout RedemptionRow) throws {
    let redemption = row.redemption
    switch step {
    case .giveStock: send(.giveStock(reward: redemption.reward), redemption)
    case .returnStock: send(.returnStock(reward: redemption.reward), redemption)
    case .takePoints: askForPoints(&row)
    case .returnPoints: payBack(nil, &row)
    case .takeBack:
      for index in row.pieces.indices where row.pieces[index].state == .issued { askBack(index, &row) }
    // The partner's outbox does, by itself.
    case .askDelivery: break
    case .holdStock, .deliver: preconditionFailure("\(step.rawValue) is asked elsewhere")
    }
  }

  /// The same command each time: the points engine takes it once, whatever became of the one before.
  private func askForPoints(_ row: inout RedemptionRow) {
    let redemption = row.redemption
    let askedAt = row.pointsAsk?.askedAt ?? max(book.now, redemption.askedAt)
    row.pointsAsk = .init(askedAt: askedAt, againAt: book.now.advanced(byMilliseconds: Self.askAgainMs))
    command(
      .redeem(points: redemption.points, reference: redemption.reward),
      id: RedemptionStep.takePoints.id(of: redemption.id), row,
      at: askedAt)
  }

  /// Time has come: the points were not answered for, or it is to be forgotten.
  func wake(_ key: String, _ row: RedemptionRow) throws {
    guard row.forgetAt == nil, row.redemption.state == .stockHeld else { return try book.redemptions.remove(key) }
    var row = row
    askForPoints(&row)
    try put(row)
  }

  /// Answers come within seconds; what is not answered in an hour was refused as a dead letter, or waits in a queue.
  private static let askAgainMs: Int64 = 3_600_000

  private func askBack(_ index: Int, _ row: inout RedemptionRow) {
    guard let code = row.pieces[index].code else { return }
    row.pieces[index].state = .askedBack
    let voucher = VoucherId.of(row.redemption.memberId, row.redemption.id, piece: Int64(index))
    send(.takeBack(code.digest, voucher: voucher, piece: Int64(index)), row.redemption)
  }

  private func command(
    _ kind: MemberCommand.Kind, id: String, _ row: RedemptionRow, at instant: Instant? = nil
  ) {
    book.ask(
      MemberCommand(
        id: id, kind: kind, memberId: row.redemption.memberId, programId: row.programId,
        occurredAt: instant ?? max(book.now, row.redemption.askedAt), source: Service.rewardEngine.name))
  }

  func send(_ content: RewardMessage.Content, _ redemption: Redemption, to partition: Int32? = nil) {
    book.send(
      RewardMessage(
        memberId: redemption.memberId, redemptionId: redemption.id, content: content, occurredAt: redemption.askedAt),
      to: partition)
  }

  // MARK: Pieces

  private func deliver(_ row: RedemptionRow) throws {
    var row = row
    if row.redemption.delivery == .money {
      return try take(.delivered(row.reference ?? row.redemption.id), by: &row)
    }
    if case .partner(let id, let product) = row.redemption.delivery { return try order(from: id, product, &row) }
    guard case .voucher(let id) = row.redemption.delivery else { return }
    guard let pool = book.pool(id), pool.status == .active else { return try fail("pool-not-active", &row) }
    let span = pool.validity.span(issuedAt: row.redemption.askedAt, in: pool.calendar)
    guard span.until > max(span.from, row.redemption.askedAt) else { return try fail("pool-ended", &row) }
    row.pieces = (0..<row.redemption.quantity).map { _ in .init(validFrom: span.from, validUntil: span.until) }
    try put(row)
    for piece in 0..<row.redemption.quantity { try askForCode(piece, counter: 0, pool, &row) }
  }

  func fail(_ why: String, _ row: inout RedemptionRow) throws { try take(.deliveryFailed(why), by: &row) }

  private func askForCode(
    _ piece: Int64, counter: Int64, _ pool: VoucherPoolDocument, _ row: inout RedemptionRow
  ) throws {
    let redemption = row.redemption
    let kept = row.pieces[Int(piece)]
    let issue = VoucherIssue(
      voucher: VoucherId.of(redemption.memberId, redemption.id, piece: piece), memberId: redemption.memberId,
      redemptionId: redemption.id, piece: piece, pool: pool.id, terms: pool.terms, uses: pool.uses,
      validFrom: kept.validFrom, validUntil: kept.validUntil)
    switch pool.source {
    case .imported: send(.giveCode(issue, asked: 0), redemption, to: book.context.partition)
    case .own(let pattern, _):
      guard let code = mint.code(pattern, ofPool: pool.id, for: issue.voucher, counter: counter) else {
        return try note(.none, piece, from: [.asked], &row)
      }
      send(.issueCode(issue, code), redemption)
    }
  }

  private func makeAnother(_ piece: Int64, after counter: Int64, _ row: inout RedemptionRow) throws {
    guard row.isAsked(piece) else { return }
    // A partner gave a code that it has given before.
    guard case .voucher(let id) = row.redemption.delivery else { return try note(.none, piece, from: [.asked], &row) }
    guard let pool = book.pool(id) else { return try note(.none, piece, from: [.asked], &row) }
    try askForCode(piece, counter: counter + 1, pool, &row)
  }

  private func noteIssued(_ piece: Int64, _ code: RewardMessage.IssuedCode, _ row: inout RedemptionRow) throws {
    guard row.isAsked(piece) else { return }
    row.pieces[Int(piece)].code = code
    if let end = code.validUntil {
      row.pieces[Int(piece)].validUntil = min(row.pieces[Int(piece)].validUntil, end)
    }
    try note(.issued, piece, from: [.asked], &row)
  }

  /// A piece has changed; where that decides it, the redemption does.
  private func note(
    _ state: RedemptionRow.Piece.State, _ piece: Int64, from: Set<RedemptionRow.Piece.State>,
    _ row: inout RedemptionRow
  ) throws {
    guard row.pieces.indices.contains(Int(piece)), from.contains(row.pieces[Int(piece)].state) else { return }
    row.pieces[Int(piece)].state = state
    if let news = row.news() { return try take(news, by: &row) }
    switch row.redemption.state {
    // Some have no code: those that have one go back first.
    case .delivering where row.isOfPool && row.has(.none) && !row.has(.asked):
      for index in row.pieces.indices where row.pieces[index].state == .issued { askBack(index, &row) }
    default: break
    }
    try put(row)
  }

  // MARK: Telling

  func tell(
    _ row: RedemptionRow, _ state: RedemptionStatus.State, id: String, _ refusal: RedemptionStatus.Refusal? = nil
  ) {
    let redemption = row.redemption
    var pool: String?
    var partner: String?
    switch redemption.delivery {
    case .voucher(let id): pool = id
    case .partner(let id, _): partner = id
    case .manual, .money: break
    }
    if let refusal { book.countRefusal(refusal.code) }
    book.tell(
      RedemptionStatus(
        id: id, memberId: redemption.memberId, redemptionId: redemption.id, state: state,
        reward: row.programId == nil ? nil : redemption.reward,
        rewardVersion: row.programId == nil ? nil : redemption.version, pool: pool, partner: partner,
        programId: row.programId?.isEmpty == false ? row.programId : nil, quantity: redemption.quantity,
        points: redemption.points, refusal: refusal, vouchers: state == .issued ? row.issued : [],
        off: row.off, reference: row.reference, occurredAt: max(book.now, redemption.askedAt)))
  }

  // MARK: Keeping

  func put(_ row: RedemptionRow) throws {
    try book.redemptions.put(RedemptionKey.of(row.redemption.memberId, row.redemption.id), row)
  }

  /// What is asked for counts at once, so that two requests do not both fit.
  private func countUses(_ row: RedemptionRow, by quantity: Int64) throws {
    let redemption = row.redemption
    if let limit = row.limit {
      try count(RecordKey.joined(redemption.memberId, redemption.reward), limit, on: row.day, by: quantity)
    }
    if let pool = row.poolLimit, case .voucher(let id) = redemption.delivery {
      try count(PoolUsesKey.of(redemption.memberId, id), pool.limit, on: pool.day, by: quantity)
    }
  }

  private func count(_ key: String, _ limit: MemberLimit, on day: LocalDate, by quantity: Int64) throws {
    var uses = try book.uses.get(key) ?? UsesRow()
    uses.uses.add(quantity, on: day, under: limit)
    uses.forgetAt = limit.per == .lifetime ? nil : book.now.advanced(byMilliseconds: Self.usesMemoryMs)
    try book.uses.put(key, uses)
  }

  /// Two years and more: the longest period that ends is a year.
  private static let usesMemoryMs: Int64 = 800 * Instant.dayMs
}

extension RedemptionRow {
  func has(_ state: Piece.State) -> Bool { pieces.contains { $0.state == state } }

  fileprivate var isOfPool: Bool {
    if case .voucher = redemption.delivery { true } else { false }
  }

  fileprivate func isAsked(_ piece: Int64) -> Bool {
    pieces.indices.contains(Int(piece)) && pieces[Int(piece)].state == .asked
  }

  fileprivate var issued: [RedemptionStatus.IssuedVoucher] {
    pieces.enumerated().compactMap { index, piece in
      piece.code.map { code in
        .init(
          id: VoucherId.of(redemption.memberId, redemption.id, piece: Int64(index)), code: code.sealed,
          codeEnd: code.codeEnd, validFrom: piece.validFrom, validUntil: piece.validUntil)
      }
    }
  }

  /// What the pieces together mean for the redemption; nil: nothing yet.
  fileprivate func news() -> RedemptionNews? {
    switch redemption.state {
    case .delivering, .unknown:
      guard !has(.asked), !has(.askedBack) else { return nil }
      // What a partner gave stays given.
      if !has(.none) || has(.used) || !isOfPool && has(.issued) { return .delivered(reference ?? redemption.id) }
      return has(.issued) ? nil : .deliveryFailed(isOfPool ? "no-code-left" : "code-given-before")
    case .cancelling:
      guard !has(.askedBack) else { return nil }
      return has(.used) ? .notTakenBack : .takenBack
    case .issued:
      guard !has(.issued) else { return nil }
      return has(.used) ? .used : .expired
    case .used: return has(.issued) ? .givenBack : nil
    case .asked, .stockHeld, .expired, .cancelled, .refused: return nil
    }
  }
}
