import Contracts
import Kafka
import Loyalty

/// Why a question could not be answered, beside what the client of Kafka itself throws. The sentences name what was
/// asked and what was found; what to do about it depends on who asks.
package enum InquiryError: Error, Equatable, CustomStringConvertible {
  /// With what the client was told of each broker it tried.
  case noBroker(at: String, reasons: [String])
  case noTopics([String], brokers: String)
  /// The broker answered, but nothing came of these places for longer than a reader waits.
  case silentBroker([KafkaTopicPartition])
  /// `programId` nil: in no programme at all.
  case noAccount(memberId: String, programId: String?)
  /// The account was published last by a release that did not tell what purchases are rated by.
  case noEarningPast(memberId: String, programId: String)
  /// What was asked about occurred before what the account tells in full.
  case earningPastTooShort(memberId: String, programId: String, since: Instant)
  case noEntry(memberId: String, named: String)
  /// A number names an entry of each of several programmes.
  case severalEntries(memberId: String, named: String, programIds: [String])
  /// A record that the answer needs does not follow the contract.
  case unreadable(KafkaTopicPartition, offset: Int64, problem: String)
  /// As many versions of a programme are published as count.
  case tooManyVersions(programId: String, versionsMax: Int)
  /// As many documents are published as count, or as large ones.
  case tooManyDocuments(documentsMax: Int, bytesMax: Int)

  package var description: String {
    switch self {
    case .noBroker(let brokers, let reasons):
      "no broker answers at \(brokers)" + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))")
    case .noTopics(let names, let brokers): "\(names.joined(separator: ", ")): no such topic at \(brokers)"
    case .silentBroker(let places): "the broker sends nothing more of \(places.map(\.description))"
    case .noAccount(let memberId, let programId):
      "\(memberId) has no account \(programId.map { "in programme \($0)" } ?? "in any programme")"
    case .noEarningPast(let memberId, let programId):
      "what purchases of \(memberId) in programme \(programId) are rated by is not told: an earlier release published the "
        + "account last"
    case .earningPastTooShort(let memberId, let programId, let since):
      "the account of \(memberId) in programme \(programId) tells what purchases from \(since.rfc3339) on are rated by, "
        + "nothing older"
    case .noEntry(let memberId, let named):
      "\(memberId) has no entry \(named) on \(Topic.ledger.name), and nothing of that id booked one"
    case .severalEntries(let memberId, let named, let programIds):
      "\(memberId) has an entry \(named) in each of \(programIds.joined(separator: ", "))"
    case .unreadable(let place, let offset, let problem): "\(place)@\(offset) cannot be read: \(problem)"
    case .tooManyVersions(let programId, let versionsMax):
      "\(programId) has \(versionsMax) versions, and no worker would use another one"
    case .tooManyDocuments(let documentsMax, let bytesMax):
      "\(Topic.programs.name) would hold more than the \(documentsMax) programme documents or the \(bytesMax) bytes that "
        + "workers keep"
    }
  }
}
