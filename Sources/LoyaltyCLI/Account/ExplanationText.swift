import Inquiry

extension EntryExplanation {
  /// The title, and a line a row.
  package var text: String {
    let width = rows.map(\.name.count).max() ?? 0
    let lines = rows.map { name, words in
      "  " + name + String(repeating: " ", count: width - name.count + 2) + words
    }
    return ([title] + lines).joined(separator: "\n")
  }
}
