import Contracts
import Inquiry
import JSON
import Kafka
import Partitioning
import ServiceKit

/// Asks the notifier about one member's messages and waits for its answer.
struct NotifierAnswer {
  static let timeoutMs = MemberCommandSettings.timeoutMs

  private let context: CommandContext
  private let request: MessageRequest

  init(_ context: CommandContext, _ request: MessageRequest) {
    self.context = context
    self.request = request
  }

  /// nil: none came in time.
  func wait() throws -> MessageAnswer? {
    let cluster = context.cluster
    let count = try cluster.partitionCount(of: .messageAnswers)
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    let partition = KeyPartitioner.partition(of: request.memberId, among: count)
    let answers = try AnswerWait(reader, [KafkaTopicPartition(topic: Topic.messageAnswers.name, partition: partition)])
    try publish(cluster)
    var answer: MessageAnswer?
    _ = try answers.wait(timeoutMs: Int64(context.settings[Self.timeoutMs])) { message in
      // What the notifier did not write is no answer.
      guard let value = message.value, let found = try? MessageAnswer(decoding: value) else { return false }
      if found.id == request.id, found.memberId == request.memberId { answer = found }
      return answer != nil
    }
    return answer
  }

  private func publish(_ cluster: Cluster) throws {
    let records = try RecordWriter(cluster, topic: .messageRequests)
    defer { records.close() }
    var writer = JSONWriter()
    request.encode(to: &writer)
    try records.write(key: request.memberId, value: writer)
    try records.finish()
  }

  static let advice =
    "`loyalty status` shows whether the notifier runs and how far it is behind, `loyalty dead-letters list notifier` "
    + "what it could not take"
}
