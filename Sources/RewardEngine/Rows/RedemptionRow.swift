import Contracts
import Loyalty
import Rewards
import ServiceDomain
import StreamRuntime

/// A row of the store `redemptions`, under ``RedemptionKey``: a redemption, or a voucher without points, with what
/// became of its pieces.
package struct RedemptionRow: StoreRow, Equatable {
  package var redemption: Redemption
  /// Whose points they are; nil: a voucher without points.
  package var programId: String?
  /// What the reward allows a member, counted by this day.
  package var limit: MemberLimit?
  package var day: LocalDate
  /// What the pool allows a member.
  package var poolLimit: PoolLimit?
  /// The points engine was asked for the points, and has not answered.
  package var pointsAsk: PointsAsk?
  package var pieces: [Piece]
  /// What the points take off a bill.
  package var off: Money?
  /// What a delivery by hand is known by; the bill that points pay on.
  package var reference: String?
  /// The request that cancels it.
  package var cancelledBy: String?
  package var forgetAt: Instant?
  /// How often points went back, and of how many pieces in all.
  package var refunds: Int64 = 0
  package var piecesPaidBack: Int64 = 0

  /// Counted by this day, in the pool's own zone.
  package struct PoolLimit: Equatable, Sendable {
    package var limit: MemberLimit
    package var day: LocalDate

    package init(_ limit: MemberLimit, day: LocalDate) {
      self.limit = limit
      self.day = day
    }
  }

  package struct PointsAsk: Equatable, Sendable {
    /// The command's time: asked again it is the same command.
    package var askedAt: Instant
    package var againAt: Instant

    package init(askedAt: Instant, againAt: Instant) {
      self.askedAt = askedAt
      self.againAt = againAt
    }
  }

  package struct Piece: Equatable, Sendable {
    package var state: State
    package var code: RewardMessage.IssuedCode?
    package var validFrom: Instant
    package var validUntil: Instant

    package enum State: String, CaseIterable, Sendable {
      /// Its code was asked for.
      case asked
      case issued
      /// There is no code for it.
      case none
      /// It was asked back; back; or was used before.
      case askedBack, back
      case used, expired
    }

    package init(
      state: State = .asked, code: RewardMessage.IssuedCode? = nil, validFrom: Instant, validUntil: Instant
    ) {
      self.state = state
      self.code = code
      self.validFrom = validFrom
      self.validUntil = validUntil
    }
  }

  package static let format: UInt8 = 1

  package var dueMs: Int64? { (forgetAt ?? pointsAsk?.againAt)?.milliseconds }

  package init(
    _ redemption: Redemption, programId: String?, limit: MemberLimit?, day: LocalDate, pieces: [Piece] = []
  ) {
    self.redemption = redemption
    self.programId = programId
    self.limit = limit
    self.day = day
    self.pieces = pieces
  }

  package func encode(to row: RowEncoder) {
    redemption.encode(to: row)
    row.optionalString(programId)
    row.bool(limit != nil)
    if let limit { row.memberLimit(limit) }
    row.int(Int64(day.daysSinceEpoch))
    row.bool(poolLimit != nil)
    if let poolLimit {
      row.memberLimit(poolLimit.limit)
      row.int(Int64(poolLimit.day.daysSinceEpoch))
    }
    row.bool(pointsAsk != nil)
    if let pointsAsk {
      row.instant(pointsAsk.askedAt)
      row.instant(pointsAsk.againAt)
    }
    row.list(pieces) { piece in
      row.string(piece.state.rawValue)
      row.instant(piece.validFrom)
      row.instant(piece.validUntil)
      row.bool(piece.code != nil)
      if let code = piece.code { row.issuedCode(code) }
    }
    row.optionalString(reference)
    row.optionalString(cancelledBy)
    row.optionalInstant(forgetAt)
    row.bool(off != nil)
    if let off {
      row.currency(off.currency)
      row.int(off.minorUnits)
    }
    row.int(refunds)
    row.int(piecesPaidBack)
  }

  package init(from row: inout RowDecoder) throws {
    redemption = try Redemption(from: &row)
    programId = try row.optionalString()
    if try row.bool() { limit = try row.memberLimit() }
    day = try row.day()
    if try row.bool() { poolLimit = PoolLimit(try row.memberLimit(), day: try row.day()) }
    if try row.bool() { pointsAsk = PointsAsk(askedAt: try row.instant(), againAt: try row.instant()) }
    pieces = try row.list { row in
      let state: Piece.State = try row.word()
      var piece = Piece(state: state, validFrom: try row.instant(), validUntil: try row.instant())
      if try row.bool() { piece.code = try row.issuedCode() }
      return piece
    }
    reference = try row.optionalString()
    cancelledBy = try row.optionalString()
    forgetAt = try row.optionalInstant()
    if try row.bool() {
      let currency = try row.currency()
      off = Money(minorUnits: try row.count(), currency: currency)
    }
    refunds = try row.count()
    piecesPaidBack = try row.count()
  }
}

/// Member and redemption: an erasure finds all of a member's rows side by side.
enum RedemptionKey {
  static func of(_ memberId: String, _ redemptionId: String) -> String { RecordKey.joined(memberId, redemptionId) }
}

extension Redemption {
  fileprivate func encode(to row: RowEncoder) {
    row.string(id)
    row.string(memberId)
    row.string(reward)
    row.int(version)
    row.int(quantity)
    row.points(points)
    row.bool(hasStock)
    switch delivery {
    case .voucher(let pool):
      row.byte(0)
      row.string(pool)
    case .partner(let id, let product):
      row.byte(1)
      row.string(id)
      row.string(product)
    case .manual: row.byte(2)
    case .money: row.byte(3)
    }
    row.string(cancelTerms.until.rawValue)
    row.optionalInt(cancelTerms.days.map { Int64($0) })
    row.instant(askedAt)
    state.encode(to: row)
  }

  fileprivate init(from row: inout RowDecoder) throws {
    let (id, memberId, reward) = (try row.string(), try row.string(), try row.string())
    let (version, quantity, points, hasStock) = (
      try row.count(), try row.count(), try row.points(), try row.bool()
    )
    let delivery: Reward.Delivery
    switch try row.byte() {
    case 0: delivery = .voucher(pool: try row.string())
    case 1: delivery = .partner(id: try row.string(), product: try row.string())
    case 2: delivery = .manual
    case 3: delivery = .money
    case let other: throw RowFormatError("a delivery of kind \(other)")
    }
    let until: Reward.CancelTerms.Until = try row.word()
    let days = try row.bool() ? Int(try row.count()) : nil
    self.init(
      id: id, memberId: memberId, reward: reward, version: version, quantity: quantity, points: points,
      hasStock: hasStock, delivery: delivery, cancelTerms: .init(until: until, days: days),
      askedAt: try row.instant(), state: try State(from: &row))
  }
}

extension Redemption.State {
  fileprivate func encode(to row: RowEncoder) {
    switch self {
    case .asked: row.byte(0)
    case .stockHeld: row.byte(1)
    case .delivering: row.byte(2)
    case .unknown: row.byte(3)
    case .issued(let what): row.state(4, what)
    case .used(let what): row.state(5, what)
    case .expired(let what): row.state(6, what)
    case .cancelling(let what): row.state(7, what)
    case .cancelled: row.byte(8)
    // Why was told when it was; the row holds the word alone.
    case .refused(let refusal): row.state(9, refusal.code)
    }
  }

  fileprivate init(from row: inout RowDecoder) throws {
    switch try row.byte() {
    case 0: self = .asked
    case 1: self = .stockHeld
    case 2: self = .delivering
    case 3: self = .unknown
    case 4: self = .issued(try row.string())
    case 5: self = .used(try row.string())
    case 6: self = .expired(try row.string())
    case 7: self = .cancelling(try row.string())
    case 8: self = .cancelled
    case 9: self = .refused(.deliveryFailed(try row.string()))
    case let other: throw RowFormatError("a redemption in state \(other)")
    }
  }
}

extension RowEncoder {
  fileprivate func state(_ number: UInt8, _ what: String) {
    byte(number)
    string(what)
  }

  fileprivate func memberLimit(_ limit: MemberLimit) {
    int(limit.count)
    string(limit.per.rawValue)
  }

  func codeDigest(_ digest: CodeDigest) {
    int(Int64(bitPattern: digest.high))
    int(Int64(bitPattern: digest.low))
  }

  func issuedCode(_ code: RewardMessage.IssuedCode) {
    codeDigest(code.digest)
    string(code.sealed)
    string(code.codeEnd)
    int(code.counter)
    optionalInstant(code.validUntil)
  }
}

extension RowDecoder {
  /// One of an enum's words.
  mutating func word<Word: RawRepresentable<String>>() throws -> Word {
    let text = try string()
    guard let word = Word(rawValue: text) else { throw RowFormatError("the word \(text), which no release wrote") }
    return word
  }

  fileprivate mutating func memberLimit() throws -> MemberLimit {
    let count = try count()
    return MemberLimit(count, per: try word())
  }

  mutating func codeDigest() throws -> CodeDigest {
    CodeDigest(high: UInt64(bitPattern: try int()), low: UInt64(bitPattern: try int()))
  }

  mutating func issuedCode() throws -> RewardMessage.IssuedCode {
    RewardMessage.IssuedCode(
      digest: try codeDigest(), sealed: try string(), codeEnd: try string(), counter: try count(),
      validUntil: try optionalInstant())
  }
}
