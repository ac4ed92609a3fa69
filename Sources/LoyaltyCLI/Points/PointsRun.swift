import Contracts
import JSON
import Kafka
import Loyalty

/// Hands a command to the points engine and tells what it answered.
struct PointsRun {
  let context: CommandContext
  let command: MemberCommand
  /// The entry types that may answer it, refusals among them.
  let answers: Set<EntryType>

  func run() throws -> ExitCode {
    let published = try PublishedPrograms.read(context.cluster)
    guard published.keys.contains(where: { $0.hasPrefix((command.programId ?? "") + ":") }) else {
      throw CommandFailure("no programme \(command.programId ?? "") is published; `loyalty programs list` shows them")
    }
    let count = try context.cluster.partitionCount(of: .ledger)
    let partition = KafkaPartitioner.murmur2(key: command.memberId, partitionCount: count)
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let answer = try AnswerWait(reader, [TopicPartition(topic: Topic.ledger.name, partition: partition)])
    try publish()
    guard context.settings[PointsSettings.wait] else {
      context.console.say("Handed over as \(command.id); the ledger will hold the answer")
      return .done
    }
    var entries: [LedgerEntry] = []
    let outcome = try answer.wait(timeoutMs: Int64(context.settings[PointsSettings.timeoutMs])) { message in
      if let entry = try entry(message) {
        if entry.bookingEntry == 1 { entries = [] }
        entries.append(entry)
      }
      return entries.last.map { $0.bookingEntry == $0.bookingOf } ?? false
    }
    return try tell(outcome, entries)
  }

  private func publish() throws {
    let records = try RecordWriter(context.cluster, topic: .commands)
    defer { records.close() }
    var writer = JSONWriter()
    Contracts.Command.member(command).encode(to: &writer)
    try records.write(key: command.memberId, value: writer)
    try records.finish()
  }

  /// The message as an entry, if it is one of this command's answer.
  private func entry(_ message: borrowing KafkaMessage) throws -> LedgerEntry? {
    guard let key = message.key, key.elementsEqual(command.memberId.utf8), let value = message.value else { return nil }
    let entry = try LedgerEntry(decoding: value)
    guard entry.cause == command.id, entry.programId == command.programId, answers.contains(entry.type) else {
      return nil
    }
    return entry
  }

  private func tell(_ outcome: AnswerWait.Outcome, _ entries: [LedgerEntry]) throws -> ExitCode {
    guard outcome != .none, let last = entries.last else {
      throw CommandFailure(
        "no answer to \(command.id) yet. `loyalty status` shows whether the points engine is behind, "
          + "`loyalty dead-letters list points-engine` what it could not take", exitCode: .unanswered)
    }
    let before = outcome == .answeredBefore ? " (answered before; nothing moved now)" : ""
    if last.type.isRefusal {
      context.console.say("Refused: \(last.reason ?? last.type.rawValue)\(before)")
      return .refused
    }
    let points = entries.reduce(Points.zero) { $0 + $1.points }
    let lots = entries.count == 1 ? "" : " from \(entries.count) lots"
    context.console.say(
      """
      \(last.type.rawValue): \(grouped(points.value)) points\(lots)\(before)
      \(command.memberId) held \(grouped(last.balances.available.value)) available and \
      \(grouped(last.balances.pending.value)) pending after it
      """)
    return .done
  }
}
