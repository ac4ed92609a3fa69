import Contracts
import GDPRWorker
import JSON
import Loyalty
import StreamRuntime
import StreamTesting

/// A running gdpr-worker on an in-memory log; the test plays the other services. Close the driver at the end.
final class PrivacyFixture {
  static let partitionCount = 3
  /// The services that keep their rows by member: each has one task.
  static let byMember = Service.allCases.filter { $0.privacyTasks == .byMember }
  /// Those whose rows may lie anywhere: each has a task a partition.
  static let everyPartition = Service.allCases.filter { $0.privacyTasks == .everyPartition }
  static let taskCount = 1 + everyPartition.count * partitionCount
  let driver: TopologyDriver
  private let at = Instant(milliseconds: 1_700_000_000_000)

  init(clock: ClockMode = .stream) throws {
    driver = try TopologyDriver(
      PrivacyTopology.make(PrivacySettings(overdueAfterMs: 1_000), requestRowsCached: 10),
      partitionCount: Self.partitionCount, clock: clock, wallNowMs: at.milliseconds)
  }

  func request(
    _ id: String, _ kind: PrivacyRequest.Kind = .erasure, member: String = "M-1", key: String? = nil,
    partition: Int32? = nil, at: Instant? = nil
  ) {
    var writer = JSONWriter()
    PrivacyRequest(id: id, kind: kind, memberId: member, occurredAt: at ?? self.at).encode(to: &writer)
    driver.publish("privacy.requests", partition: partition, key: key ?? member, value: writer.string)
  }

  func report(
    _ id: String, _ service: Service, _ partition: Int32, rows: Int = 1, member: String = "M-1", at: Instant? = nil
  ) {
    var writer = JSONWriter()
    PrivacyReport(
      requestId: id, memberId: member, service: service, partition: partition, rowsErased: rows,
      occurredAt: at ?? self.at
    ).encode(to: &writer)
    driver.publish("privacy.reports", key: member, value: writer.string)
  }

  /// The reports that an erasure of that member waits for.
  func expected(member: String = "M-1") -> [(Service, Int32)] {
    let home = driver.log.partition(of: Array(member.utf8))
    return Self.byMember.map { ($0, home) }
      + Self.everyPartition.flatMap { service in (0..<Int32(Self.partitionCount)).map { (service, $0) } }
  }

  func tasks() throws -> [PrivacyTask] {
    try driver.values(of: "privacy.tasks") { try PrivacyTask(decoding: $0) }
  }

  func certificates() throws -> [PrivacyCertificate] {
    try driver.values(of: "privacy.certificates") { try PrivacyCertificate(decoding: $0) }
  }

  /// Those that say that the member is gone.
  var memberTombstones: [String?] {
    driver.outputs("loyalty.members").filter { $0.value == nil && $0.headers.isEmpty }.map(\.key)
  }
}
