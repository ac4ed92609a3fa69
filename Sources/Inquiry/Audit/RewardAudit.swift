import Contracts
import Loyalty

/// Holds what rewards gave against what members paid for them: each redemption is answered once, its points are taken
/// and stand, or are back. Knows no Kafka.
///
/// Keeps state per redemption of one share of them, and per reward.
package struct RewardAudit {
  private let share: AuditShare
  private let isErased: (String) -> Bool
  /// The ledger no longer holds its first entries: what was taken may not be seen.
  private let startsLate: Bool
  private var traces: [String: Trace] = [:]

  /// Pieces that stand, of each reward.
  package private(set) var standing: [String: Int64] = [:]
  package private(set) var redemptions: Int64 = 0
  package private(set) var issued: Int64 = 0

  private struct Trace {
    var programId = ""
    var points: Points = 0
    var quantity: Int64 = 0
    /// Whether anything was told of it.
    var isTold = false
    var issued = 0
    var refused = 0
    var cancelled = 0
    var taken: Points = 0
    var back: Points = 0
    /// The points engine would not give points back, as to an account that is closed.
    var isBackRefused = false
    var order: OrderRecord.State?

    var isOver: Bool { refused > 0 || cancelled > 0 }
    var stands: Points { taken - back }
  }

  private static let taking = "/take-points"
  private static let returning = "/return-points"

  package init(_ share: AuditShare = .all, startsLate: Bool = false, isErased: @escaping (String) -> Bool) {
    self.share = share
    self.startsLate = startsLate
    self.isErased = isErased
  }

  // MARK: What the topics say

  package mutating func note(_ status: RedemptionStatus) {
    let key = RecordKey.joined(status.memberId, status.redemptionId)
    guard share.holds(key) else { return }
    var trace = traces[key] ?? Trace()
    if !trace.isTold { redemptions += 1 }
    trace.isTold = true
    trace.programId = status.programId ?? ""
    trace.points = status.points
    trace.quantity = status.quantity
    switch status.state {
    case .issued:
      trace.issued += 1
      issued += 1
      count(status, status.quantity)
    case .refused: trace.refused += 1
    case .cancelled:
      trace.cancelled += 1
      // What people deliver may be given back before it is issued.
      if trace.issued > 0 { count(status, -status.quantity) }
    case .delivering, .unknown, .used, .givenBack, .expired, .cancelRefused, .deliverRefused, .settleRefused: break
    }
    traces[key] = trace
  }

  private mutating func count(_ status: RedemptionStatus, _ pieces: Int64) {
    guard let reward = status.reward else { return }
    standing[reward, default: 0] += pieces
  }

  package mutating func book(_ entry: LedgerEntry) {
    guard entry.source == Service.rewardEngine.name, let end = entry.cause.ranges(of: Self.taking).last,
      end.upperBound == entry.cause.endIndex
    else { return bookBack(entry) }
    change(entry, String(entry.cause[..<end.lowerBound])) { trace in
      if entry.type == .pointsRedeemed { trace.taken = trace.taken.addingBounded(entry.points) }
    }
  }

  /// What comes back in parts comes under `…/return-points/2` and so on.
  private mutating func bookBack(_ entry: LedgerEntry) {
    guard entry.source == Service.rewardEngine.name, let end = entry.cause.ranges(of: Self.returning).last else {
      return
    }
    change(entry, String(entry.cause[..<end.lowerBound])) { trace in
      switch entry.type {
      case .redemptionCancelled: trace.back = trace.back.addingBounded(entry.points)
      case .redemptionCancelRefused: trace.isBackRefused = true
      default: break
      }
    }
  }

  private mutating func change(_ entry: LedgerEntry, _ redemptionId: String, _ change: (inout Trace) -> Void) {
    let key = RecordKey.joined(entry.memberId, redemptionId)
    guard share.holds(key) else { return }
    change(&traces[key, default: Trace()])
  }

  package mutating func note(_ order: OrderRecord) {
    guard let memberId = order.memberId, let redemptionId = order.redemptionId else { return }
    let key = RecordKey.joined(memberId, redemptionId)
    guard share.holds(key), traces[key] != nil else { return }
    traces[key]?.order = order.state
  }

  // MARK: What comes of it

  /// Points of what is over are still out: read the ledger on.
  package var awaitsPoints: Bool {
    traces.contains { $0.value.isTold && $0.value.isOver && $0.value.stands > 0 && !$0.value.isBackRefused }
  }

  package var faults: [AuditReport.Fault] {
    traces.compactMap { key, trace -> AuditReport.Fault? in
      guard trace.isTold, let separator = key.firstIndex(of: "\u{1F}") else { return nil }
      let memberId = String(key[..<separator])
      guard let problem = problem(trace, isErased(memberId)) else { return nil }
      let redemption = key[key.index(after: separator)...]
      return .init(memberId: memberId, programId: trace.programId, problem: "redemption \(redemption): \(problem)")
    }.sorted { ($0.memberId, $0.problem) < ($1.memberId, $1.problem) }
  }

  private func problem(_ trace: Trace, _ isErased: Bool) -> String? {
    if trace.issued > 1 { return "issued \(trace.issued) times" }
    if trace.refused > 1 { return "refused \(trace.refused) times" }
    if trace.issued > 0, trace.refused > 0 { return "both issued and refused" }
    if trace.cancelled > 1 { return "cancelled \(trace.cancelled) times" }
    if trace.order == .refused, trace.issued > 0 { return "issued, and its partner refused the order" }
    if trace.back > trace.taken, !startsLate {
      return "\(trace.taken.value) points were taken for it, and \(trace.back.value) came back"
    }
    // An erasure ends what is under way, and the points with it.
    guard !isErased else { return nil }
    if trace.isOver {
      guard trace.stands > 0, !trace.isBackRefused else { return nil }
      return "\(trace.refused > 0 ? "refused" : "cancelled"), and \(trace.stands.value) points are not back"
    }
    guard trace.issued > 0, trace.taken != trace.points, !(startsLate && trace.taken == 0) else { return nil }
    return "issued for \(trace.points.value) points, and \(trace.taken.value) were taken"
  }
}

/// One of so many shares of what an audit holds at a time.
package struct AuditShare: Sendable {
  private let number: Int
  private let count: Int

  package static let all = AuditShare(0, of: 1)

  package init(_ number: Int, of count: Int) {
    precondition(number < count, "share \(number) of \(count)")
    self.number = number
    self.count = count
  }

  package static func shares(of total: Int64, atMost most: Int64) -> [AuditShare] {
    let count = Int(max(1, (total + most - 1) / most))
    return (0..<count).map { AuditShare($0, of: count) }
  }

  func holds(_ key: String) -> Bool { count == 1 || Self.digest(key) % count == number }

  /// Within this process.
  static func digest(_ key: String) -> Int {
    var hasher = Hasher()
    hasher.combine(key)
    return hasher.finalize() & .max
  }
}
