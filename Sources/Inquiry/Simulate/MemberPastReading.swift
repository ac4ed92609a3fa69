import Contracts
import Kafka
import Loyalty
import Partitioning

/// What the topics tell of one member that bears on what a purchase earns. Reads the member's own partitions alone,
/// from their ends backwards:
/// - `loyalty.accounts`: level, counters of limits, visits and thresholds, the way to the next level, standing;
/// - `loyalty.members`, where the programme's conditions ask for the profile;
/// - `loyalty.ledger`, of a closed account: since when it is.
package struct MemberPastReading {
  private let reader: TopicReader
  private let member: String
  private let counts: [String: Int]

  package init(_ cluster: Cluster, _ reader: TopicReader, member: String) throws {
    self.reader = reader
    self.member = member
    counts = try cluster.partitionCounts(of: [Topic.accounts, .members, .ledger].map(\.name))
  }

  /// For a purchase at `instant`; throws where the member has no account in the programme.
  package func past(in program: Program, at instant: Instant) throws -> MemberPast {
    guard let statement = try statement(in: program.id) else {
      throw InquiryError.noAccount(memberId: member, programId: program.id)
    }
    return try MemberPast(
      statement, closedAt: statement.status == .closed ? try closedAt(in: program.id) : nil,
      traits: program.asksForTraits ? try traits() : nil, under: program, at: instant)
  }

  private func statement(in programId: String) throws -> AccountStatement? {
    var statement: AccountStatement?
    try findNewest(.accounts, key: RecordKey.memberProgram(member, programId)) { message in
      statement = try value(of: message).map { try AccountStatement(decoding: $0) }
      return true
    }
    return statement
  }

  /// Of a profile that cannot be read, the engine knows what it knew before.
  private func traits() throws -> MemberTraits? {
    var traits: MemberTraits?
    try findNewest(.members, key: member) { message in
      guard let value = value(of: message) else {
        traits = nil
        return true
      }
      do throws(ContractViolation) {
        traits = try MemberProfile(decoding: EventEnvelope(value: value) { message.header($0) }).traits
        return true
      } catch {
        return false
      }
    }
    return traits
  }

  private func closedAt(in programId: String) throws -> Instant? {
    var closedAt: Instant?
    try findNewest(.ledger, key: member) { message in
      guard let value = value(of: message) else { return false }
      let entry = try LedgerEntry(decoding: value)
      guard entry.type == .memberClosed, entry.programId == programId else { return false }
      closedAt = entry.occurredAt
      return true
    }
    return closedAt
  }

  /// Lends the records of a key in stretches, the newest stretch first and each in its order, until `take` has said of
  /// one that it is such as is looked for: the last of which it said so is the newest.
  private func findNewest(
    _ topic: Topic, key: String, _ take: (borrowing KafkaMessage) throws -> Bool
  ) throws {
    let partition = KeyPartitioner.partition(of: member, among: counts[topic.name] ?? 1)
    let range = try reader.range(of: KafkaTopicPartition(topic: topic.name, partition: partition))
    let key = Array(key.utf8)
    var isFound = false
    _ = try reader.lookBack(range) { message in
      guard let found = message.key, found.elementsEqual(key) else { return }
      if try take(message) { isFound = true }
    } isEnough: {
      isFound
    }
  }

  /// nil: a tombstone.
  private func value(of message: borrowing KafkaMessage) -> UnsafeRawBufferPointer? {
    message.value.flatMap { $0.isEmpty ? nil : $0 }
  }
}
