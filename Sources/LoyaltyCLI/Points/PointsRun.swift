import Contracts
import Inquiry
import JSON
import Kafka
import Loyalty
import Partitioning

/// Hands a command to the points engine and tells what it answered: each programme concerned for itself.
struct PointsRun {
  let context: CommandContext
  let command: MemberCommand
  /// The entry types that may answer it, refusals among them.
  let answers: Set<EntryType>

  func run() throws -> ExitCode {
    let programs = try concerned()
    let counts = try context.cluster.partitionCounts(of: [Topic.ledger, .commands].map(\.name))
    func place(_ topic: Topic) -> KafkaTopicPartition {
      let partition = KeyPartitioner.partition(of: command.memberId, among: counts[topic.name] ?? 1)
      return KafkaTopicPartition(topic: topic.name, partition: partition)
    }
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let wait = try AnswerWait(reader, [place(.ledger)])
    let offset = try CommandSigner(context).publish(.member(command), key: command.memberId, context.cluster)
    guard context.settings[MemberCommandSettings.wait] else {
      context.tell("Handed over as \(command.id); the ledger will hold the answer", json(.handedOver))
      return .done
    }
    var answer = EngineAnswer(to: command, types: answers, programs: Set(programs.keys))
    let handedOver = HandedOver(context.cluster, to: [.pointsEngine], place: place(.commands), offset: offset)
    let outcome = try wait.wait(
      timeoutMs: Int64(context.settings[MemberCommandSettings.timeoutMs]), taken: handedOver.isTaken
    ) { message in
      answer.take(message)
    } old: { message in
      answer.take(message, isOld: true)
    }
    if outcome == .answeredBefore, let decision = try decision(after: answer, programs, wait) {
      return tell(decision.bookings, AnswerText(command: command, programs: programs, isOld: true))
    }
    switch outcome {
    case .answered, .answeredBefore:
      let told = AnswerText(command: command, programs: programs, isOld: outcome == .answeredBefore)
      return tell(answer.bookings, told)
    case .takenWithoutAnswer:
      if let letter = try DeadLetterRecord.find(place(.commands), offset, of: .pointsEngine, context.cluster, reader) {
        return tell(letter)
      }
      // Whether its actor may have so much booked in a day is asked of another partition, which takes its time.
      if case .adjust = command.kind,
        try wait.wait(
          timeoutMs: Int64(context.settings[MemberCommandSettings.timeoutMs]), { message in answer.take(message) })
      {
        return tell(answer.bookings, AnswerText(command: command, programs: programs, isOld: false))
      }
      throw CommandFailure(
        "the points engine has passed \(command.id) over: the member was erased, or the answer is no longer on the "
          + "ledger", exitCode: .unanswered)
    case .none:
      throw CommandFailure(
        "no answer to \(command.id) yet. `loyalty status` shows whether the points engine is behind",
        exitCode: .unanswered)
    }
  }

  /// What became of a proposal that the command was answered with; nil: it waits still, or there was none.
  private func decision(
    after answer: EngineAnswer, _ programs: [String: Program], _ wait: AnswerWait
  ) throws -> EngineAnswer? {
    guard answer.bookings.values.contains(where: { $0.first?.type == .adjustmentProposed }) else { return nil }
    let waiting = try WaitingProposals.read(context.cluster).proposals
    let waits = waiting.contains {
      $0.id == command.id && $0.memberId == command.memberId && programs[$0.programId] != nil
    }
    guard !waits else { return nil }
    var decision = EngineAnswer(
      to: command, types: answers.subtracting([.adjustmentProposed]), programs: Set(programs.keys))
    let timeoutMs = Int64(context.settings[MemberCommandSettings.timeoutMs])
    return try wait.wait(timeoutMs: timeoutMs) { message in decision.take(message) } ? decision : nil
  }

  // MARK: Who answers

  /// The programmes that will answer, as they were in force: the one named, or each in which the member has an account.
  private func concerned() throws -> [String: Program] {
    // What does not follow the rules is not in force for the engine either.
    let catalog = PublishedPrograms.valid(try PublishedPrograms.read(context.cluster)).catalog
    if let id = command.programId {
      if let program = catalog.version(of: id, at: command.occurredAt) { return [id: program] }
      guard let first = catalog.versions(of: id).first(where: { $0.status != .draft }) else {
        throw CommandFailure("no programme \(id) is published\(known(catalog))")
      }
      throw CommandFailure(
        "\(id) was not in force at \(command.occurredAt.rfc3339): its first version is from "
          + "\(first.effectiveFrom.rfc3339)")
    }
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let held = try AccountReading(context.cluster, reader, member: command.memberId).accounts(program: nil)
      .filter { ($0.statement?.asOf ?? .distantPast) != .distantPast }
    let programs = held.compactMap { catalog.version(of: $0.programId, at: command.occurredAt) }
    guard !programs.isEmpty else {
      throw CommandFailure(
        "\(command.memberId) has no account in any programme, and none is opened without --program\(known(catalog))")
    }
    return Dictionary(uniqueKeysWithValues: programs.map { ($0.id, $0) })
  }

  private func known(_ catalog: ProgramCatalog) -> String {
    catalog.isEmpty ? "; none is" : "; there is: \(catalog.programIds.joined(separator: ", "))"
  }

  // MARK: What is told

  private func tell(_ bookings: [String: [LedgerEntry]], _ told: AnswerText) -> ExitCode {
    let sorted = bookings.sorted { $0.key < $1.key }.map(\.value)
    let codes = sorted.map(told.exitCode)
    let code = [ExitCode.conflict, .refused, .awaitsApproval].first(where: codes.contains) ?? .done
    context.tell(
      sorted.map { told.text($0, ofSeveral: sorted.count > 1) }.joined(separator: "\n"),
      json(told.isOld ? .answeredBefore : .answered, code, sorted.map(told.json)))
    return code
  }

  private func tell(_ letter: DeadLetterRecord) -> ExitCode {
    context.tell(
      "Refused: \(letter.error) (\(letter.message))",
      json(.deadLetter, .refused, [.fields(["refused": .string(letter.error), "message": .string(letter.message)])]))
    return .refused
  }

  private enum Outcome: String {
    case handedOver = "handed-over"
    case answered
    case answeredBefore = "answered-before"
    case deadLetter = "dead-letter"
  }

  private func json(_ outcome: Outcome, _ code: ExitCode = .done, _ answers: [JSONValue] = []) -> JSONValue {
    .fields([
      "command": .string(command.id), "memberId": .string(command.memberId), "outcome": .string(outcome.rawValue),
      "exitCode": .count(code.rawValue), "answers": .array(answers),
    ])
  }
}
