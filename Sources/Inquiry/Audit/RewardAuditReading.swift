import Contracts
import Foundation
import Kafka
import Loyalty

/// Feeds the audit of rewards from the topics of a platform that may be at work meanwhile.
///
/// Redemptions are read first, then the ledger, which is never behind what was told of them but where points are on
/// their way back: it is read on until they are, or for a while. What does not fit into memory is read in several
/// passes, a share of the redemptions each.
struct RewardAuditReading {
  private let reader: TopicReader
  private let counts: [String: Int]
  private let isErased: (String) -> Bool

  /// About 150 MB of redemptions; of vouchers as much.
  private static let redemptionsPerPass: Int64 = 500_000
  private static let vouchersPerPass: Int64 = 2_000_000
  private static let catchUpMax: Duration = .seconds(10)
  private static let catchUpPauseMs = 200
  private static let topics: [Topic] = [.redemptions, .vouchers, .orders, .rewards]

  /// nil: there are no topics of rewards.
  init?(_ reader: TopicReader, counts: [String: Int], isErased: @escaping (String) -> Bool) {
    guard Self.topics.allSatisfy({ counts[$0.name] != nil }) else { return nil }
    self.reader = reader
    self.counts = counts
    self.isErased = isErased
  }

  func add(to report: inout AuditReport) throws {
    var totals = AuditReport.RewardTotals()
    var standing: [String: Int64] = [:]
    let redemptions = try ranges(.redemptions)
    for share in AuditShare.shares(of: Self.offsets(redemptions), atMost: Self.redemptionsPerPass) {
      let audit = try readRedemptions(redemptions, share)
      report.add(audit.faults)
      totals.redemptions += audit.redemptions
      totals.issued += audit.issued
      standing.merge(audit.standing, uniquingKeysWith: +)
    }
    report.add(try beyondStock(standing))
    let vouchers = try ranges(.vouchers)
    for share in AuditShare.shares(of: Self.offsets(vouchers), atMost: Self.vouchersPerPass) {
      var audit = VoucherAudit(share)
      try read(vouchers, VoucherRecord.init(decoding:), &report) { audit.note($0) }
      report.add(audit.faults, count: audit.faultCount)
      totals.vouchers += audit.vouchers
    }
    report.rewards = totals
  }

  private func readRedemptions(_ redemptions: [TopicReader.Range], _ share: AuditShare) throws -> RewardAudit {
    var ledger = try ranges(.ledger)
    var audit = RewardAudit(share, startsLate: ledger.contains { $0.from > 0 }, isErased: isErased)
    try reader.read(redemptions) { message in
      if let status = message.value.flatMap({ try? RedemptionStatus(decoding: $0) }) { audit.note(status) }
    }
    try read(ledger: ledger, &audit)
    let deadline = ContinuousClock.now + Self.catchUpMax
    while audit.awaitsPoints, .now < deadline {
      Thread.sleep(forTimeInterval: Double(Self.catchUpPauseMs) / 1_000)
      let ends = Dictionary(ledger.map { ($0.place, $0.end) }, uniquingKeysWith: { first, _ in first })
      ledger = try ranges(.ledger).map { .init($0.place, from: max($0.from, ends[$0.place] ?? 0), end: $0.end) }
      try read(ledger: ledger, &audit)
    }
    try reader.read(try ranges(.orders)) { message in
      if let order = message.value.flatMap({ try? OrderRecord(decoding: $0) }) { audit.note(order) }
    }
    return audit
  }

  private func read(ledger ranges: [TopicReader.Range], _ audit: inout RewardAudit) throws {
    try reader.read(ranges) { message in
      // What cannot be read is told by the audit of the ledger.
      if let entry = message.value.flatMap({ try? LedgerEntry(decoding: $0) }) { audit.book(entry) }
    }
  }

  /// What is no voucher's record is a fault, but for a tombstone.
  private func read(
    _ ranges: [TopicReader.Range], _ decode: (UnsafeRawBufferPointer) throws(ContractViolation) -> VoucherRecord,
    _ report: inout AuditReport, _ body: (VoucherRecord) -> Void
  ) throws {
    var problems: [AuditReport.Fault] = []
    try reader.read(ranges) { message in
      guard let value = message.value, !value.isEmpty else { return }
      do throws(ContractViolation) {
        body(try decode(value))
      } catch {
        problems.append(
          .init(
            memberId: "?", programId: "?",
            problem: "\(message.topicName)/\(message.partition)@\(message.offset) cannot be read: \(error)"))
      }
    }
    report.add(problems)
  }

  /// Rewards of which more pieces stand than any version of them has put in.
  private func beyondStock(_ standing: [String: Int64]) throws -> [AuditReport.Fault] {
    var stock: [String: Int64] = [:]
    var isEndless: Set<String> = []
    try reader.read(try ranges(.rewards)) { message in
      guard let value = message.value, !value.isEmpty, let document = try? RewardDocument(Array(value)) else { return }
      let reward = document.reward
      guard let pieces = reward.stock else {
        isEndless.insert(reward.id)
        return
      }
      stock[reward.id] = max(stock[reward.id] ?? 0, pieces)
    }
    return standing.sorted { $0.key < $1.key }.compactMap { reward, pieces in
      guard let most = stock[reward], pieces > most, !isEndless.contains(reward) else { return nil }
      return .init(
        memberId: "-", programId: reward, problem: "\(pieces) pieces of \(reward) stand, and \(most) were put in")
    }
  }

  private func ranges(_ topic: Topic) throws -> [TopicReader.Range] {
    try reader.ranges(of: topic.name, partitionCount: counts[topic.name] ?? 0)
  }

  private static func offsets(_ ranges: [TopicReader.Range]) -> Int64 {
    ranges.reduce(0) { $0 + $1.end - $1.from }
  }
}
