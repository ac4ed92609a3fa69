import Contracts
import Foundation
import Kafka
import Loyalty
import Partitioning

/// Feeds an audit from the topics of a platform that may be at work meanwhile.
///
/// Ledger and accounts are written in one transaction, but cannot be read at one instant. So: accounts, then the
/// ledger, then the accounts on until none is behind what was read of the ledger, then the ledger on until it has
/// reached every account. Each account is compared at the very entry that it says it stands at.
package struct AuditReading {
  private let reader: TopicReader
  private let counts: [String: Int]
  /// Where reading goes on, by partition.
  private var next: [KafkaTopicPartition: Int64] = [:]
  private var audit: LedgerAudit
  private let rewards: RewardAuditReading?

  /// How long one topic may lag behind the other; the marker of a transaction reaches its partitions one after another.
  private static let catchUpMax: Duration = .seconds(5)
  private static let catchUpPauseMs = 100

  /// How far the first reading of the ledger has come, which takes the time; the unit is an offset.
  package enum Progress {
    case reading(_ done: Int, of: Int)
    case read(Int)
  }

  /// Reads until it is done; `onProgress` is called with every record.
  package static func report(_ cluster: Cluster, onProgress: (Progress) -> Void = { _ in }) throws -> AuditReport {
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    var reading = try AuditReading(cluster, reader)
    return try reading.run(onProgress)
  }

  private init(_ cluster: Cluster, _ reader: TopicReader) throws {
    self.reader = reader
    counts = try cluster.partitionCounts(of: [Topic.ledger, .accounts, .privacyRequests].map(\.name))
    let requests = try reader.ranges(
      of: Topic.privacyRequests.name, partitionCount: counts[Topic.privacyRequests.name] ?? 0)
    // Where requests have been deleted by age, any member may be one that was erased.
    let areSomeGone = requests.contains { $0.from > 0 }
    var erased: Set<String> = []
    try reader.read(requests) { message in
      guard let value = message.value, let request = try? PrivacyRequest(decoding: value), request.kind == .erasure
      else { return }
      erased.insert(request.memberId)
    }
    let known = erased
    audit = LedgerAudit { areSomeGone || known.contains($0) }
    // Of redemptions nothing starts anew, so that one of whom nothing is known is judged.
    rewards = RewardAuditReading(reader, counts: counts) { known.contains($0) }
  }

  private mutating func run(_ onProgress: (Progress) -> Void) throws -> AuditReport {
    try readAccounts()
    try readLedger(onProgress)
    try readAccounts()
    try catchUp({ $0.hasStaleAccounts }) { reading in try reading.readAccounts() }
    try catchUp({ $0.hasUnreachedAccounts || $0.hasTransfersWithoutOrigin }) { reading in
      try reading.readLedger { _ in }
    }
    var report = audit.report
    try rewards?.add(to: &report)
    return report
  }

  private mutating func catchUp(
    _ isBehind: (LedgerAudit) -> Bool, _ read: (inout AuditReading) throws -> Void
  ) throws {
    let deadline = ContinuousClock.now + Self.catchUpMax
    while isBehind(audit), .now < deadline {
      Thread.sleep(forTimeInterval: Double(Self.catchUpPauseMs) / 1000)
      try read(&self)
    }
  }

  private mutating func readAccounts() throws {
    let ranges = try newRanges(of: .accounts)
    try reader.read(ranges) { message in
      let key = String(decoding: message.key ?? .init(start: nil, count: 0), as: UTF8.self)
      guard let value = message.value, !value.isEmpty else { return audit.noteAbsence(key: key) }
      do throws(ContractViolation) {
        let account = try AccountStatement(decoding: value)
        audit.note(account)
        if key != RecordKey.memberProgram(account.memberId, account.programId) {
          audit.stray(account.memberId, account.programId, "the account lies under the key of another")
        }
      } catch {
        audit.stray("?", "?", "\(Topic.accounts.name)/\(message.partition)@\(message.offset) cannot be read: \(error)")
      }
    }
    keepPlaces(ranges)
  }

  private mutating func readLedger(_ onProgress: (Progress) -> Void) throws {
    let ranges = try newRanges(of: .ledger)
    let count = counts[Topic.ledger.name] ?? 1
    let startsLate = ranges.map { ($0.place.partition, $0.from > 0 && next[$0.place] == nil) }
    let lateStarts = lateStarts.union(startsLate.filter(\.1).map(\.0))
    let total = ranges.reduce(0) { $0 + Int($1.end - $1.from) }
    var done = 0
    try reader.read(ranges) { message in
      done += 1
      onProgress(.reading(done, of: total))
      do throws(ContractViolation) {
        let entry = try LedgerEntry(decoding: message.value ?? .init(start: nil, count: 0))
        audit.book(entry, startsLate: lateStarts.contains(message.partition))
        let own = KeyPartitioner.partition(of: entry.memberId, among: count)
        if own != message.partition { audit.misplaced(entry, in: message.partition, own: own) }
      } catch {
        audit.stray("?", "?", "\(Topic.ledger.name)/\(message.partition)@\(message.offset) cannot be read: \(error)")
      }
    }
    onProgress(.read(total))
    self.lateStarts = lateStarts
    keepPlaces(ranges)
  }

  /// Partitions of the ledger whose first records are gone.
  private var lateStarts: Set<Int32> = []

  /// What has come to a topic since it was read last.
  private func newRanges(of topic: Topic) throws -> [TopicReader.Range] {
    try reader.ranges(of: topic.name, partitionCount: counts[topic.name] ?? 0).map { range in
      var range = range
      range.from = max(range.from, next[range.place] ?? range.from)
      return range
    }
  }

  private mutating func keepPlaces(_ ranges: [TopicReader.Range]) {
    for range in ranges { next[range.place] = range.end }
  }
}
