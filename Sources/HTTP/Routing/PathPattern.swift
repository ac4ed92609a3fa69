/// A path with named places: `/v1/members/{id}/lots`. A place takes one segment that is not empty.
struct PathPattern: Sendable {
  enum Segment: Sendable {
    case literal(String)
    case parameter(String)
  }

  let text: String
  let segments: [Segment]

  /// Patterns stand in the source, so a bad one is a bug and stops the program.
  init(_ text: String) {
    precondition(text.hasPrefix("/"), "the path pattern '\(text)' does not start with /")
    precondition(!text.contains { "?#%".contains($0) }, "the path pattern '\(text)' is encoded or has a query")
    var names: Set<String> = []
    self.text = text
    segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
      guard segment.hasPrefix("{"), segment.hasSuffix("}") else {
        precondition(!segment.contains { "{}".contains($0) }, "'\(text)': a {name} is a whole segment")
        return .literal(String(segment))
      }
      let name = String(segment.dropFirst().dropLast())
      precondition(!name.isEmpty && names.insert(name).inserted, "'\(text)': a {name} is missing or twice there")
      return .parameter(name)
    }
  }

  var parameterNames: [String] {
    segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
  }
}
