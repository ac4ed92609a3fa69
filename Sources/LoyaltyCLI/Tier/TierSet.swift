import Contracts
import Inquiry
import JSON
import Kafka
import Loyalty
import ServiceKit

/// `loyalty tier set MEMBER LEVEL`: gives a member a level until a date.
enum TierSet: Subcommand {
  private static let level = Setting.text("level", help: "The level's id.")
  private static let until = Setting.text(
    "until", placeholder: "INSTANT",
    help: "The level holds exactly until then, RFC 3339; then what the member has earned is judged.")
  private static let actor = Setting.text("actor", help: "Who decided it.")
  private static let reason = Setting.text("reason", help: "Why.")

  static let command = CommandDeclaration(
    "set", summary: "give a member a level by hand; exit code 4 when it is refused.",
    arguments: [MemberCommandSettings.member, level], settings: [until, actor, reason] + MemberCommandSettings.all)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let target = try MemberCommandTarget(context)
    let command = TierCommand(
      id: target.commandId, memberId: target.memberId, programId: target.programId, level: context.settings[level],
      until: try context.settings.instant(until), occurredAt: target.occurredAt, actor: context.settings[actor],
      reason: context.settings[reason])
    return try TierSetRun(context: context, command: command).run()
  }
}

/// Hands the command over and tells what became of it. A programme measured in points is answered by the points engine,
/// any other by the tier evaluator.
private struct TierSetRun {
  let context: CommandContext
  let command: TierCommand

  private enum Answer {
    case set(TierChange)
    case refused(code: String, sentence: String)
  }

  func run() throws -> ExitCode {
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let answers = try AnswerWait(reader, places())
    try publish()
    guard context.settings[MemberCommandSettings.wait] else {
      context.console.say("Handed over as \(command.id); loyalty.tiers will hold the answer")
      return .done
    }
    var answer: Answer?
    _ = try answers.wait(timeoutMs: Int64(context.settings[MemberCommandSettings.timeoutMs])) { message in
      if let found = self.answer(message) { answer = found }
      return answer != nil
    }
    return try tell(answer)
  }

  /// Where the answer may come: the member's partition of the tiers, and the dead letters.
  private func places() throws -> [KafkaTopicPartition] {
    let deadLetters = [Service.tierEvaluator, .pointsEngine].map(Topic.deadLetters(of:))
    let counts = try context.cluster.partitionCounts(of: [Topic.tiers.name] + deadLetters)
    let partition = KafkaPartitioner.murmur2(key: command.memberId, partitionCount: counts[Topic.tiers.name] ?? 1)
    return [KafkaTopicPartition(topic: Topic.tiers.name, partition: partition)]
      + deadLetters.flatMap { topic in
        (0..<Int32(counts[topic] ?? 1)).map { KafkaTopicPartition(topic: topic, partition: $0) }
      }
  }

  private func publish() throws {
    let records = try RecordWriter(context.cluster, topic: .commands)
    defer { records.close() }
    var writer = JSONWriter()
    Command.tier(command).encode(to: &writer)
    try records.write(key: command.memberId, value: writer)
    try records.finish()
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
    guard case .tier(let refused)? = try? Command(decoding: value), refused.id == command.id,
      refused.memberId == command.memberId
    else { return nil }
    let letter = DeadLetterRecord(message)
    return .refused(code: letter.error, sentence: letter.message)
  }

  private func tell(_ answer: Answer?) throws -> ExitCode {
    switch answer {
    case .set(let change):
      let until = change.until.map { " until \($0.rfc3339)" } ?? ""
      context.console.say("\(change.memberId) holds \(change.level) since \(change.since.rfc3339)\(until)")
      return .done
    case .refused(let code, let sentence):
      context.console.say("Refused: \(code) (\(sentence))")
      return .refused
    case nil:
      throw CommandFailure(
        "no answer to \(command.id) yet. `loyalty status` shows whether a worker is behind",
        exitCode: .unanswered)
    }
  }
}
