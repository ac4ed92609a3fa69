import Contracts
import Kafka

/// Waits for the platform's answer to something that was handed over under an id. Make it before handing over: answers
/// from then on are found at once. The platform answers an id once, so that one which was handed over before gets no
/// new answer: when its record has been taken and none has come, the answer is one that lies further back.
package struct AnswerWait {
  package enum Outcome {
    case answered
    /// The id had been answered before.
    case answeredBefore
    /// The record was taken, and there is no answer: it is among the dead letters, or its member was erased.
    case takenWithoutAnswer
    /// The record was not taken in time.
    case none
  }

  private let reader: TopicReader
  private let ranges: [TopicReader.Range]
  /// What usually suffices; then the past is searched.
  private static let firstWait: Duration = .milliseconds(1_500)
  /// Between two looks at how far the service has come.
  private static let lookAgain: Duration = .milliseconds(250)
  /// The marker of a transaction reaches its partitions one after another: an answer shows this much later than the
  /// offset that was committed with it, at most.
  private static let markersMax: Duration = .milliseconds(750)

  package init(_ reader: TopicReader, _ places: [KafkaTopicPartition]) throws {
    self.reader = reader
    ranges = try places.map { try reader.range(of: $0) }
  }

  /// - Parameters:
  ///   - taken: whether what was handed over has been taken.
  ///   - take: sees records in their order and returns true when the answer is whole. It may see one twice.
  ///   - takeOld: the same for records from before.
  package func wait(
    timeoutMs: Int64, taken: () throws -> Bool, _ take: (borrowing KafkaMessage) throws -> Bool,
    old takeOld: (borrowing KafkaMessage) throws -> Bool
  ) throws -> Outcome {
    let deadline = ContinuousClock.now + .milliseconds(timeoutMs)
    while .now < deadline {
      if try reader.follow(ranges, until: min(deadline, .now + Self.lookAgain), take) { return .answered }
      guard try taken() else { continue }
      if try reader.follow(ranges, until: .now + Self.markersMax, take) { return .answered }
      return try lookBack(takeOld) ? .answeredBefore : .takenWithoutAnswer
    }
    return .none
  }

  /// The same for something that is worked at for longer than it takes to read: the record's being taken tells nothing.
  package func wait(timeoutMs: Int64, _ take: (borrowing KafkaMessage) throws -> Bool) throws -> Bool {
    let deadline = ContinuousClock.now + .milliseconds(timeoutMs)
    if try reader.follow(ranges, until: min(deadline, .now + Self.firstWait), take) { return true }
    if try lookBack(take) { return true }
    return try reader.follow(ranges, until: deadline, take)
  }

  private func lookBack(_ take: (borrowing KafkaMessage) throws -> Bool) throws -> Bool {
    for range in ranges {
      var isWhole = false
      let isFound = try reader.lookBack(range) { message in
        if !isWhole { isWhole = try take(message) }
      } isEnough: {
        isWhole
      }
      if isFound { return true }
    }
    return false
  }
}

/// A record that was handed to services.
package struct HandedOver {
  private let cluster: Cluster
  private let services: [Service]
  private let place: KafkaTopicPartition
  private let offset: Int64

  package init(_ cluster: Cluster, to services: [Service], place: KafkaTopicPartition, offset: Int64) {
    self.cluster = cluster
    self.services = services
    self.place = place
    self.offset = offset
  }

  /// Whether each of the services has committed more than that.
  package func isTaken() throws -> Bool {
    try cluster.withAdmin { admin in
      try services.allSatisfy { service in
        let committed = try cluster.patiently {
          try admin.committedOffsets(group: service.name, of: [place], timeoutMs: Cluster.timeoutMs)
        }
        return committed.contains { $0.offset > offset }
      }
    }
  }
}
