import Contracts
import Inquiry
import JSON
import Kafka
import Partitioning

/// Hands something to the reward engine and waits for what it answers under the same key.
struct RewardEngineAsk {
  let context: CommandContext
  let asked: Topic
  let answered: Topic
  let key: String

  enum Outcome<Answer> {
    case handedOver
    case answered(Answer)
    /// It was no request to the engine.
    case deadLetter(DeadLetterRecord)
    case none
  }

  /// Then it is seen whether the engine could take the record at all.
  private static let firstWaitMs: Int64 = 3_000
  static let advice =
    "`loyalty status` shows whether the reward engine runs and how far it is behind. Asked again under the same --id "
    + "nothing moves twice"

  /// - Parameter read: the answer, where the value is one to this request.
  func run<Answer>(
    _ encode: (inout JSONWriter) -> Void, read: (UnsafeRawBufferPointer) -> Answer?
  ) throws -> Outcome<Answer> {
    let cluster = context.cluster
    let counts = try cluster.partitionCounts(of: [asked.name, answered.name])
    func place(_ topic: Topic) -> KafkaTopicPartition {
      let partition = KeyPartitioner.partition(of: key, among: counts[topic.name] ?? 1)
      return KafkaTopicPartition(topic: topic.name, partition: partition)
    }
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    let wait = try AnswerWait(reader, [place(answered)])
    var writer = JSONWriter()
    encode(&writer)
    let offset = try RecordWriter.publishOne(cluster, to: asked, key: key, value: writer)
    guard context.settings[MemberCommandSettings.wait] else { return .handedOver }
    var answer: Answer?
    func take(_ message: borrowing KafkaMessage) -> Bool {
      // What the engine did not write is no answer.
      if let value = message.value, let found = read(value) { answer = found }
      return answer != nil
    }
    let timeoutMs = Int64(context.settings[MemberCommandSettings.timeoutMs])
    let firstMs = min(timeoutMs, Self.firstWaitMs)
    if try !wait.wait(timeoutMs: firstMs, take) {
      let handedOver = HandedOver(cluster, to: [.rewardEngine], place: place(asked), offset: offset)
      if try handedOver.isTaken(),
        let letter = try DeadLetterRecord.find(place(asked), offset, of: .rewardEngine, cluster, reader)
      {
        return .deadLetter(letter)
      }
      if timeoutMs > firstMs { _ = try wait.wait(timeoutMs: timeoutMs - firstMs, take) }
    }
    return answer.map { .answered($0) } ?? .none
  }
}
