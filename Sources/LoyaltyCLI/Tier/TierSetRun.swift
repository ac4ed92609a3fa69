import Contracts
import Inquiry
import JSON
import Kafka
import Loyalty
import Partitioning

/// Hands the command over and tells what became of it. A programme measured in points is answered by the points engine,
/// any other by the tier evaluator.
struct TierSetRun {
  let context: CommandContext
  let command: TierCommand

  private enum Answer {
    case set(TierChange)
    case refused(code: String, sentence: String)
  }

  func run() throws -> ExitCode {
    let deadLetters = [Service.tierEvaluator, .pointsEngine].map(Topic.deadLetters(of:))
    let counts = try context.cluster.partitionCounts(of: [Topic.tiers, .commands].map(\.name) + deadLetters)
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let places = deadLetters.flatMap { topic in
      (0..<Int32(counts[topic] ?? 0)).map { KafkaTopicPartition(topic: topic, partition: $0) }
    }
    let answers = try AnswerWait(reader, [place(.tiers, counts)] + places)
    let offset = try CommandSigner(context).publish(.tier(command), key: command.memberId, context.cluster)
    guard context.settings[MemberCommandSettings.wait] else {
      context.tell(
        "Handed over as \(command.id); loyalty.tiers will hold the answer",
        .fields(["command": .string(command.id), "outcome": .string("handed-over")]))
      return .done
    }
    let handedOver = HandedOver(
      context.cluster, to: [.tierEvaluator, .pointsEngine], place: place(.commands, counts), offset: offset)
    var answer: Answer?
    func take(_ message: borrowing KafkaMessage) -> Bool {
      if let found = self.answer(message) { answer = found }
      return answer != nil
    }
    let timeoutMs = Int64(context.settings[MemberCommandSettings.timeoutMs])
    let outcome = try answers.wait(timeoutMs: timeoutMs, taken: handedOver.isTaken) { message in
      take(message)
    } old: { message in
      take(message)
    }
    // Whether its actor may set so many levels in a day is asked of another partition, which takes its time.
    if outcome == .takenWithoutAnswer { _ = try answers.wait(timeoutMs: timeoutMs) { message in take(message) } }
    return try tell(answer, isOld: outcome == .answeredBefore)
  }

  private func place(_ topic: Topic, _ counts: [String: Int]) -> KafkaTopicPartition {
    let partition = KeyPartitioner.partition(of: command.memberId, among: counts[topic.name] ?? 1)
    return KafkaTopicPartition(topic: topic.name, partition: partition)
  }

  private func answer(_ message: borrowing KafkaMessage) -> Answer? {
    guard let value = message.value else { return nil }
    if message.topicName == Topic.tiers.name {
      // What another release wrote there is no answer to this command.
      guard let change = try? TierChange(decoding: value), change.cause == command.id, change.reason == .manual,
        change.memberId == command.memberId
      else { return nil }
      return .set(change)
    }
    guard case .tier(let refused)? = (try? Command(decoding: value)) ?? (try? Clearance(decoding: value).command),
      refused.id == command.id,
      refused.memberId == command.memberId
    else { return nil }
    let letter = DeadLetterRecord(message)
    return .refused(code: letter.error, sentence: letter.message)
  }

  private func tell(_ answer: Answer?, isOld: Bool) throws -> ExitCode {
    switch answer {
    case .set(let change):
      let until = change.until.map { " until \($0.rfc3339)" } ?? ""
      let held = "\(change.level) since \(change.since.rfc3339)\(until)"
      if isOld, change.level != command.level || change.until != command.until {
        let told =
          "\(command.id) stands for another command of \(command.memberId): \(held). Nothing moved; say another --id"
        context.tell(
          "Refused: \(RefusalCode.conflictingCommand.rawValue). \(told)",
          json(.conflict, ["refused": .string(RefusalCode.conflictingCommand.rawValue), "message": .string(told)]))
        return .conflict
      }
      let before = isOld ? " (answered before; nothing moved now)" : ""
      context.tell(
        "\(change.memberId) holds \(held)\(before)",
        json(
          .done,
          [
            "level": .string(change.level), "since": .instant(change.since), "until": change.until.map { .instant($0) },
            "answeredBefore": .bool(isOld),
          ]))
      return .done
    case .refused(let code, let sentence):
      let exitCode: ExitCode = code == TierRefusal.conflictingCommand.rawValue ? .conflict : .refused
      context.tell(
        "Refused: \(code) (\(sentence))", json(exitCode, ["refused": .string(code), "message": .string(sentence)]))
      return exitCode
    case nil:
      throw CommandFailure(
        "no answer to \(command.id) yet. `loyalty status` shows whether a worker is behind", exitCode: .unanswered)
    }
  }

  private func json(_ code: ExitCode, _ fields: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    let common: KeyValuePairs<String, JSONValue?> = [
      "command": .string(command.id), "memberId": .string(command.memberId), "exitCode": .count(code.rawValue),
    ]
    guard case .object(let first) = JSONValue.fields(common), case .object(let second) = JSONValue.fields(fields) else {
      return .null
    }
    return .object(first + second)
  }
}
