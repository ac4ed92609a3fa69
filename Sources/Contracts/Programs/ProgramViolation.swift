/// What is wrong with one place of a document: a programme, a reward, a pool, a partner.
package struct ProgramViolation: Equatable, Sendable, CustomStringConvertible {
  /// JSON path, such as `$.earning[0].per`.
  package var path: String
  /// What is asked for there, as the rest of a sentence that starts with the path.
  package var problem: String

  /// Of what the author wrote, a path above all, so much is repeated.
  private static let textMax = 200

  package init(at path: String, _ problem: String) {
    self.path = path.toldWithin(Self.textMax)
    self.problem = problem.toldWithin(Self.textMax)
  }

  package var description: String { "\(path) \(problem)" }
}

/// A document that is not taken, with what is wrong with it.
package struct ProgramRefused: Error, Equatable, CustomStringConvertible {
  package private(set) var violations: [ProgramViolation]
  /// Violations that are only counted.
  package private(set) var more: Int

  /// Violations that are told: who mends these sees the others.
  package static let violationsMax = 20

  package init(_ violations: [ProgramViolation], more: Int = 0) {
    self.violations = Array(violations.prefix(Self.violationsMax))
    self.more = more + violations.count - self.violations.count
  }

  /// One text a violation, and one for those that are counted.
  package var sentences: [String] { violations.map(\.description) + (more > 0 ? ["and \(more) more"] : []) }

  package var description: String { sentences.joined(separator: "; ") }
}
