/// Everything that is wrong with a command line and its environment, all at once.
package struct ConfigurationError: Error, CustomStringConvertible {
  package let problems: [Problem]
  /// The command whose line it is, such as `loyalty points adjust`; nil where that is not known.
  package private(set) var command: String?

  package struct Problem: Sendable, Equatable, CustomStringConvertible {
    /// The flag, environment variable or word that is wrong.
    package let place: String
    /// What is wrong with it and what to do.
    package let remedy: String

    package init(place: String, remedy: String) {
      self.place = place
      self.remedy = remedy
    }

    package var description: String { "\(place): \(remedy)" }
  }

  package init(_ problems: [Problem]) {
    precondition(!problems.isEmpty, "an error names at least one problem")
    self.problems = problems
  }

  /// The same of a command, unless it names one already.
  package func of(_ command: String) -> ConfigurationError {
    var named = self
    named.command = self.command ?? command
    return named
  }

  package var description: String {
    problems.map { "  \($0)" }.joined(separator: "\n")
  }
}

/// Finds the name an operator most likely meant.
package enum NearestName {
  /// More edits than this apart, two names have nothing to do with each other.
  private static let editsMax = 3

  package static func to(_ wrong: String, among names: [String]) -> String? {
    let candidates = names.map { ($0, distance(Array(wrong.utf8), Array($0.utf8))) }
    if let best = candidates.min(by: { $0.1 < $1.1 }), best.1 <= min(editsMax, wrong.utf8.count / 2) { return best.0 }
    return wrong.utf8.count >= 3 ? names.first { $0.hasPrefix(wrong) } : nil
  }

  /// Levenshtein distance, one row at a time.
  package static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let replaced = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
