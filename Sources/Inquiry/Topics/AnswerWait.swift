import Kafka

/// Waits for the platform's answer to something that was handed over under an id. Make it before handing over: answers
/// from then on are found at once. An answer that lies further back is found too, for the same id may have been handed
/// over before, and the platform answers an id once.
package struct AnswerWait {
  package enum Outcome {
    case answered
    /// The id had been answered before.
    case answeredBefore
    case none
  }

  private let reader: TopicReader
  private let ranges: [TopicReader.Range]
  /// What usually suffices; then the past is searched.
  private static let firstWait: Duration = .milliseconds(1_500)

  package init(_ reader: TopicReader, _ places: [KafkaTopicPartition]) throws {
    self.reader = reader
    ranges = try places.map { try reader.range(of: $0) }
  }

  /// `take` sees records in their order and returns true when the answer is whole.
  package func wait(timeoutMs: Int64, _ take: (borrowing KafkaMessage) throws -> Bool) throws -> Outcome {
    let deadline = ContinuousClock.now + .milliseconds(timeoutMs)
    if try reader.follow(ranges, until: min(deadline, .now + Self.firstWait), take) { return .answered }
    for range in ranges {
      var isWhole = false
      let isFound = try reader.lookBack(range) { message in
        if !isWhole { isWhole = try take(message) }
      } isEnough: {
        isWhole
      }
      if isFound { return .answeredBefore }
    }
    return try reader.follow(ranges, until: deadline, take) ? .answered : .none
  }
}
