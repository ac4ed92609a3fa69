import Contracts
import Kafka
import Loyalty

/// What the points engine has booked for a command, as far as it has come.
struct EngineAnswer {
  /// By programme.
  private(set) var bookings: [String: [LedgerEntry]] = [:]
  private let command: MemberCommand
  private let types: Set<EntryType>
  private let programs: Set<String>

  init(to command: MemberCommand, types: Set<EntryType>, programs: Set<String>) {
    self.command = command
    self.types = types
    self.programs = programs
  }

  /// Takes an entry, if it belongs to the answer; says whether the answer is whole.
  /// - Parameter isOld: it was there before the command was handed over.
  mutating func take(_ message: borrowing KafkaMessage, isOld: Bool = false) -> Bool {
    if let entry = entry(message), !(isOld && entry.isTurnedAway) {
      if entry.bookingEntry == 1 { bookings[entry.programId] = [] }
      bookings[entry.programId, default: []].append(entry)
    }
    return bookings.count == programs.count
      && bookings.values.allSatisfy { $0.last.map { $0.bookingEntry == $0.bookingOf } ?? false }
  }

  private func entry(_ message: borrowing KafkaMessage) -> LedgerEntry? {
    // What no engine wrote is no answer.
    guard let key = message.key, key.elementsEqual(command.memberId.utf8), let value = message.value,
      let entry = try? LedgerEntry(decoding: value)
    else { return nil }
    // What an approval or a decline books has the id of what was proposed as its cause.
    let isAnswer = entry.cause == command.id || entry.approval?.commandId == command.id
    return isAnswer && types.contains(entry.type) && programs.contains(entry.programId) ? entry : nil
  }
}

extension LedgerEntry {
  /// Told beside the answer that the id has.
  fileprivate var isTurnedAway: Bool {
    [RefusalCode.conflictingCommand, .commandTooOld].map(\.rawValue).contains(reason ?? "")
  }
}
