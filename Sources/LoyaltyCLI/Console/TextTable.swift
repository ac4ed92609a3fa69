/// Rows of text in aligned columns, for people.
package struct TextTable {
  private let titles: [String]
  private let rightAligned: Set<Int>
  private var rows: [[String]] = []

  /// `rightAligned` names the columns of numbers.
  package init(_ titles: [String], rightAligned: Set<Int> = []) {
    self.titles = titles
    self.rightAligned = rightAligned
  }

  package mutating func add(_ row: [String]) {
    precondition(row.count == titles.count, "a row has as many cells as there are titles")
    rows.append(row)
  }

  /// Without a line end; `indent` stands before each line.
  package func text(indent: String = "") -> String {
    let all = [titles] + rows
    let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    let lines = all.map { row in
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return rightAligned.contains(column) ? padding + row[column] : row[column] + padding
      }
      let line = indent + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    return lines.joined(separator: "\n")
  }
}
