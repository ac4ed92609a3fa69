/// Which spellings of an e-mail address are the same mailbox, the strictest rule first. The domain's capitals never
/// count.
package enum EmailMatching: String, CaseIterable, Comparable, Sendable {
  /// The part before the @ letter by letter.
  case exact
  /// Capitals do not count.
  case anyCase = "any-case"
  /// Neither do capitals, nor dots before the @, nor what follows a + there: as some large mail services have it.
  case anyCaseAndDots = "any-case-and-dots"

  package static func < (left: EmailMatching, right: EmailMatching) -> Bool { left.looseness < right.looseness }

  private var looseness: Int {
    switch self {
    case .exact: 0
    case .anyCase: 1
    case .anyCaseAndDots: 2
    }
  }
}
