import Contracts
import Inquiry
import Kafka
import Loyalty
import ServiceDomain
import StreamRuntime

/// What the points engine itself keeps of one member: the last image of each row on the engine's changelogs. Reads the
/// member's own partition alone, from its end backwards; changes nothing.
struct EngineRows {
  private static let accounts = Topic.changelog(of: .pointsEngine, store: "accounts")
  private static let traits = Topic.changelog(of: .pointsEngine, store: "traits")

  private let reader: TopicReader
  private let member: String
  private let counts: [String: Int]

  init(_ cluster: Cluster, _ reader: TopicReader, member: String) throws {
    self.reader = reader
    self.member = member
    counts = try cluster.partitionCounts(of: [Self.accounts, Self.traits])
  }

  /// What a simulation needs to know for a purchase at `instant`, or a failure that says what to do when the member has
  /// no account in the programme.
  func past(in program: Program, at instant: Instant) throws -> MemberPast {
    let key = RecordKey.memberProgram(member, program.id)
    guard let account = try row(key, on: Self.accounts, as: Account.self) else {
      throw CommandFailure(
        "\(member) has no account in programme \(program.id): the points engine has booked nothing for them there. "
          + "Check --member and the programme's id, or leave --member out to rate the purchase as a new member's")
    }
    let traits = program.asksForTraits ? try row(member, on: Self.traits, as: MemberTraits.self) : nil
    return MemberPast(account: account, traits: traits, under: program, at: instant)
  }

  /// nil: there never was one, or it was removed.
  private func row<Row: StoreRow>(_ key: String, on topic: String, as type: Row.Type) throws -> Row? {
    guard let image = try lastImage(of: Array(key.utf8), on: topic) else { return nil }
    do {
      return try image.withUnsafeBytes { try RowImage.read($0, as: type) }
    } catch let error as RowFormatError {
      throw CommandFailure(
        "\(topic): \(error). Use the `loyalty` of the same release as the points engine that runs")
    }
  }

  private func lastImage(of key: [UInt8], on topic: String) throws -> [UInt8]? {
    let partition = KafkaPartitioner.murmur2(key: member, partitionCount: counts[topic] ?? 1)
    let range = try reader.range(of: TopicPartition(topic: topic, partition: partition))
    // A tombstone is an empty image.
    var last: [UInt8]?
    _ = try reader.lookBack(range) { message in
      guard let found = message.key, found.elementsEqual(key) else { return }
      last = message.value.map { Array($0) } ?? []
    } isEnough: {
      last != nil
    }
    return last.flatMap { $0.isEmpty ? nil : $0 }
  }
}
