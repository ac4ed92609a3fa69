/// What is wrong with one place of a programme document.
package struct ProgramViolation: Equatable, Sendable, CustomStringConvertible {
  /// JSON path, such as `$.earning[0].per`.
  package var path: String
  /// What is asked for there, as the rest of a sentence that starts with the path.
  package var problem: String

  package init(at path: String, _ problem: String) {
    self.path = path
    self.problem = problem
  }

  package var description: String { "\(path) \(problem)" }
}

/// A programme document that is not taken, with everything that is wrong with it.
package struct ProgramRefused: Error, Equatable, CustomStringConvertible {
  package var violations: [ProgramViolation]

  package init(_ violations: [ProgramViolation]) {
    self.violations = violations
  }

  package var description: String { violations.map(\.description).joined(separator: "; ") }
}
