import Inquiry
import JSON

extension EntryExplanation {
  /// The title, and a line a row.
  package var text: String {
    let width = rows.map(\.name.count).max() ?? 0
    let lines = rows.map { name, words in
      "  " + name + String(repeating: " ", count: width - name.count + 2) + words
    }
    return ([title] + lines).joined(separator: "\n")
  }

  /// The same for programs: the words by their name, and the entry's numbers.
  var json: JSONValue {
    .fields([
      "id": .string(entry.id), "sequence": .count(entry.sequence), "programId": .string(entry.programId),
      "type": .string(entry.type.rawValue), "points": .points(entry.points), "title": .string(title),
      "words": .object(rows.map { .init($0.name, .string($0.words)) }),
    ])
  }
}
