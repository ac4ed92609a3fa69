import Contracts

/// Splits a line of comma-separated values (RFC 4180): quotes around a field, doubled inside it.
enum CSVRow {
  /// The fields of a row; nil where a quoted field goes on in the next line.
  static func fields(_ line: String, delimiter: Character) -> [String]? {
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    var index = line.startIndex
    while index < line.endIndex {
      let character = line[index]
      let next = line.index(after: index)
      if isQuoted {
        if character != "\"" {
          field.append(character)
        } else if next < line.endIndex, line[next] == "\"" {
          field.append("\"")
          index = line.index(after: next)
          continue
        } else {
          isQuoted = false
        }
      } else if character == "\"", field.isEmpty {
        isQuoted = true
      } else if character == delimiter {
        fields.append(field)
        field = ""
      } else {
        field.append(character)
      }
      index = next
    }
    return isQuoted ? nil : fields + [field]
  }
}
