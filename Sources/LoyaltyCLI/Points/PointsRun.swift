import Contracts
import Inquiry
import JSON
import Kafka
import Loyalty

/// Hands a command to the points engine and tells what it answered: each programme concerned for itself.
struct PointsRun {
  let context: CommandContext
  let command: MemberCommand
  /// The entry types that may answer it, refusals among them.
  let answers: Set<EntryType>

  func run() throws -> ExitCode {
    let programs = try concerned()
    let count = try context.cluster.partitionCount(of: .ledger)
    let partition = KafkaPartitioner.murmur2(key: command.memberId, partitionCount: count)
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let answer = try AnswerWait(reader, [KafkaTopicPartition(topic: Topic.ledger.name, partition: partition)])
    try publish()
    guard context.settings[MemberCommandSettings.wait] else {
      context.console.say("Handed over as \(command.id); the ledger will hold the answer")
      return .done
    }
    var bookings: [String: [LedgerEntry]] = [:]
    let outcome = try answer.wait(timeoutMs: Int64(context.settings[MemberCommandSettings.timeoutMs])) { message in
      if let entry = try entry(message), programs.contains(entry.programId) {
        if entry.bookingEntry == 1 { bookings[entry.programId] = [] }
        bookings[entry.programId, default: []].append(entry)
      }
      return bookings.count == programs.count
        && bookings.values.allSatisfy { $0.last.map { $0.bookingEntry == $0.bookingOf } ?? false }
    }
    guard outcome != .none else {
      throw CommandFailure(
        "no answer to \(command.id) yet. `loyalty status` shows whether the points engine is behind, "
          + "`loyalty dead-letters list points-engine` what it could not take", exitCode: .unanswered)
    }
    let before = outcome == .answeredBefore ? " (answered before; nothing moved now)" : ""
    let codes = bookings.sorted { $0.key < $1.key }.map { tell($0.value, before, ofSeveral: bookings.count > 1) }
    return codes.contains(.refused) ? .refused : .done
  }

  /// The programmes that will answer: the one named, or all in force.
  private func concerned() throws -> Set<String> {
    let published = try PublishedPrograms.read(context.cluster)
    if let id = command.programId {
      if published.keys.contains(where: { $0.hasPrefix(id + ":") }) { return [id] }
      throw CommandFailure("no programme \(id) is published; `loyalty programs list` shows them")
    }
    var catalog = ProgramCatalog()
    for document in published.values {
      // What does not follow the rules is not in force for the engine either.
      if let program = try? ProgramDocument.decode(document) { catalog.insert(program) }
    }
    let inForce = catalog.inForce(at: command.occurredAt).map(\.id)
    guard !inForce.isEmpty else {
      throw CommandFailure("no programme is in force; `loyalty programs list` shows what is published")
    }
    return Set(inForce)
  }

  private func publish() throws {
    let records = try RecordWriter(context.cluster, topic: .commands)
    defer { records.close() }
    var writer = JSONWriter()
    Command.member(command).encode(to: &writer)
    try records.write(key: command.memberId, value: writer)
    try records.finish()
  }

  /// The message as an entry, if it is one of this command's answer.
  private func entry(_ message: borrowing KafkaMessage) throws -> LedgerEntry? {
    guard let key = message.key, key.elementsEqual(command.memberId.utf8), let value = message.value else { return nil }
    let entry = try LedgerEntry(decoding: value)
    return entry.cause == command.id && answers.contains(entry.type) ? entry : nil
  }

  private func tell(_ entries: [LedgerEntry], _ before: String, ofSeveral: Bool) -> ExitCode {
    guard let first = entries.first, let last = entries.last else { return .done }
    let place = ofSeveral ? "\(first.programId): " : ""
    if first.type.traits.isRefusal {
      context.console.say("\(place)Refused: \(first.reason ?? first.type.rawValue)\(before)")
      return .refused
    }
    var what = first.type.rawValue
    if !first.type.traits.movesNothing {
      let points = entries.reduce(Points.zero) { $0 + $1.points }
      what += ": \(grouped(points.value)) points" + (entries.count == 1 ? "" : " from \(entries.count) lots")
    }
    if let endsAt = first.expiresAt, first.type == .memberClosed { what += ", ends at \(endsAt.rfc3339)" }
    context.console.say(
      """
      \(place)\(what)\(before)
      \(command.memberId) held \(grouped(last.balances.available.value)) available and \
      \(grouped(last.balances.pending.value)) pending after it
      """)
    return .done
  }
}
