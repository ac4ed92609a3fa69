import Inquiry

/// What an operator does about a question that could not be answered.
extension InquiryError {
  var remedy: String? {
    switch self {
    case .noBroker: "Check --brokers and that the broker is up"
    case .noTopics: "`loyalty topics apply` creates them"
    case .noEntry(let memberId, _):
      "What a purchase that earns nothing lacks, `loyalty simulate --member \(memberId)` shows"
    case .severalEntries: "Name one with --program"
    case .unreadable: "No worker of this release wrote it: `loyalty audit` names all such records"
    case .tooManyVersions, .tooManyDocuments:
      "Delete versions that nothing was rated by, with a record of their keys without a value"
    case .noEarningPast: "The account's next movement tells it"
    case .silentBroker, .noAccount, .earningPastTooShort: nil
    }
  }

  /// What is told of it.
  var told: String { remedy.map { "\(self). \($0)" } ?? description }
}
