/// What members read instead of an id, by language.
package struct DisplayNames: Equatable, Sendable {
  /// By language tag, as the document has it.
  package var names: [String: String]

  package init(_ names: [String: String] = [:]) { self.names = names }

  package var isEmpty: Bool { names.isEmpty }

  /// The name in the first of some languages that it has one in; nil: in none. `vi-VN` finds `vi`, and capitals do not
  /// count (RFC 4647, lookup).
  package func name(in languages: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    for language in languages {
      var parts = language.split { $0 == "-" || $0 == "_" }.map { $0.lowercased() }
      while !parts.isEmpty {
        let tag = parts.joined(separator: "-")
        if let name = names.first(where: { $0.key.lowercased() == tag })?.value { return name }
        parts.removeLast()
        // A single letter only begins what comes after it.
        if parts.last?.count == 1 { parts.removeLast() }
      }
    }
    return nil
  }
}
