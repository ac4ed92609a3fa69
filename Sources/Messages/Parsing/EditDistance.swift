/// How many letters two words are apart (Levenshtein).
enum EditDistance {
  private static let lettersMax = 40

  static func between(_ one: String, _ other: String) -> Int {
    let left = Array(one.lowercased().prefix(lettersMax))
    let right = Array(other.lowercased().prefix(lettersMax))
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, counterpart) in right.enumerated() {
        let cost = min(row[column] + 1, row[column + 1] + 1, diagonal + (letter == counterpart ? 0 : 1))
        diagonal = row[column + 1]
        row[column + 1] = cost
      }
    }
    return row[right.count]
  }
}
