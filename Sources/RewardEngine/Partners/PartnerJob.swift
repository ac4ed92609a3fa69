import Partners

/// One call on its way, and where what comes of it belongs.
package struct PartnerJob: Sendable {
  /// The order's, in its store.
  package let key: String
  /// The task that waits for the outcome.
  package let partition: Int32
  package let partner: String
  package let call: PartnerCall
  package let adapter: any PartnerAdapter

  package init(key: String, partition: Int32, partner: String, call: PartnerCall, adapter: any PartnerAdapter) {
    self.key = key
    self.partition = partition
    self.partner = partner
    self.call = call
    self.adapter = adapter
  }
}

package struct PartnerResult: Equatable, Sendable {
  package let key: String
  package let outcome: Outcome

  package enum Outcome: Equatable, Sendable {
    case issue(IssueVerdict, of: IssueCall)
    case status(StatusVerdict, of: StatusCall)

    /// For figures.
    var labels: (outcome: String, code: String) {
      switch self {
      case .issue(let verdict, _): (verdict.outcome, verdict.code)
      case .status(let verdict, _): ("status-" + verdict.outcome, verdict.code)
      }
    }
  }
}

extension PartnerJob {
  /// What the answer means; of a call that was not made, that it was not sent.
  func outcome(_ answer: PartnerAnswer) -> PartnerResult.Outcome {
    switch call {
    case .issue(let call): .issue(adapter.verdict(answer, to: call), of: call)
    case .status(let call): .status(adapter.verdict(answer, to: call), of: call)
    }
  }

  /// nil: the partner, as it is spoken to by now, has no such product.
  var request: PartnerRequest? {
    switch call {
    case .issue(let call): adapter.issue(call)
    case .status(let call): adapter.status(call.reference)
    }
  }
}
