/// An order as we hold it, for a comparison.
package struct HeldOrder: Equatable, Sendable {
  package let reference: String
  package let state: State

  package enum State: Equatable, Sendable {
    /// It is known that nothing was issued yet.
    case waiting
    /// It is out, or nobody knows.
    case inDoubt
    case issued(count: Int, serials: [String])
    case refused(code: String)
  }

  package init(reference: String, _ state: State) {
    self.reference = reference
    self.state = state
  }

  package init(_ delivery: PartnerDelivery) {
    let state: State =
      switch delivery.state {
      case .ready: .waiting
      case .asking, .doubtful, .checking: .inDoubt
      case .issued(let issued): .issued(count: issued.count, serials: issued.serials)
      case .refused(let refusal, _): .refused(code: refusal.code)
      }
    self.init(reference: delivery.reference.text, state)
  }
}
