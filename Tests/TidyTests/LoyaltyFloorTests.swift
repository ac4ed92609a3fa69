import Testing

/// The folders of `Loyalty` stand on one another: what a folder uses lies in itself or on a floor below. So no two
/// reach each other in a circle, and whoever reads from the ground up meets nothing unknown.
@Suite(.timeLimit(.minutes(10))) struct LoyaltyFloorTests {
  /// From the ground up. Folders of one floor do not know each other.
  private static let floors = [
    ["Numbers"], ["Text", "Time"], ["Events"], ["Conditions"], ["Programs"], ["Awards", "Campaigns", "Lots"],
    ["Records"], ["Ledger"], ["Rating"], ["Tiers"], ["Accounts"],
  ]
  private static let root = "Sources/Loyalty"

  @Test func everyFolderStandsOnAFloor() throws {
    #expect(try SourceTree.folders(in: Self.root).sorted() == Self.floors.joined().sorted())
    let loose = try SourceTree.entries(in: Self.root).filter { $0.hasSuffix(".swift") }
    #expect(loose.isEmpty, "a file outside the folders stands on no floor")
  }

  @Test func noFolderUsesATypeThatDoesNotLieBelow() throws {
    try Self.forEachPair { folder, other, _ in
      for type in other.types {
        for path in folder.uses(of: type) {
          Issue.record("\(path) uses \(type) of \(other.name), which does not lie below \(folder.name)")
        }
      }
    }
  }

  /// A folder may add members to types from below. A word that it declares so, and that no folder lower down declares
  /// as anything, is known to nobody there.
  @Test func noFolderUsesAMemberThatOneAboveAdds() throws {
    try Self.forEachPair { folder, other, known in
      for member in other.added.subtracting(known) {
        for path in folder.uses(of: member) {
          Issue.record("\(path) uses \(member), which \(other.name) adds and \(folder.name) does not stand on")
        }
      }
    }
  }

  /// The tests above see what they are to see.
  @Test func usesAreFound() throws {
    let folders = try Self.readFolders()
    let accounts = try #require(folders.last)
    for name in ["Numbers", "Events", "Programs", "Awards", "Lots", "Records", "Ledger", "Rating", "Tiers"] {
      let below = try #require(folders.first { $0.name == name })
      #expect(below.types.contains { !accounts.uses(of: $0).isEmpty }, "Accounts uses nothing of \(name)?")
    }
    #expect(accounts.added.contains("tierAmounts"), "what Accounts adds to PurchaseRecord is not found")
  }

  /// Calls `body` for each folder with each other one that does not lie below it, and the words that folders up to the
  /// first declare.
  private static func forEachPair(_ body: (Folder, Folder, _ known: Set<String>) -> Void) throws {
    let folders = try readFolders()
    for folder in folders {
      let known = folders.filter { $0.floor < folder.floor }.reduce(folder.declared) { $0.union($1.declared) }
      for other in folders where other.name != folder.name && other.floor >= folder.floor { body(folder, other, known) }
    }
  }

  private static func readFolders() throws -> [Folder] {
    try floors.enumerated().flatMap { floor, names in
      try names.map { try Folder($0, floor: floor, files: SourceTree.swiftFiles(in: "\(root)/\($0)")) }
    }
  }
}

/// What a folder's code declares and which words it uses.
private struct Folder {
  let name: String
  let floor: Int
  /// At the top level of its files.
  private(set) var types: Set<String> = []
  /// Functions, values, cases and labels, wherever they stand.
  private(set) var declared: Set<String> = []
  /// What extensions of types that it does not declare add for others.
  private(set) var added: Set<String> = []
  /// Every word of the code with the files that have it.
  private var files: [String: Set<String>] = [:]

  private static let typeWords: Set<String> = ["struct", "enum", "class", "protocol", "typealias"]
  private static let memberWords: Set<String> = ["func", "var", "let", "case"]

  init(_ name: String, floor: Int, files: [SourceTree.File]) throws {
    self.name = name
    self.floor = floor
    var extended: [(type: String, member: String)] = []
    for file in files {
      var extending: String?
      for line in try file.lines() {
        let words = Self.words(of: line)
        let indent = line.prefix { $0 == " " }.count
        let isPrivate = words.contains { ["private", "fileprivate"].contains($0.text) }
        for word in words { self.files[word.text, default: []].insert(file.path) }
        declared.formUnion(words.filter(\.isLabel).map(\.text))
        for (word, next) in zip(words, words.dropFirst()) {
          if indent == 0, Self.typeWords.contains(word.text) { types.insert(next.text) }
          if indent == 0, word.text == "extension" { extending = next.text }
          guard Self.memberWords.contains(word.text) else { continue }
          declared.insert(next.text)
          if indent == 2, !isPrivate, let extending { extended.append((extending, next.text)) }
        }
        if line == "}" { extending = nil }
      }
    }
    added = Set(extended.filter { !types.contains($0.type) }.map(\.member))
  }

  func uses(of word: String) -> [String] { files[word, default: []].sorted() }

  private struct Word {
    var text: String
    var isLabel: Bool
  }

  /// The words of a line, those in comments and texts left out but for what is put into a text.
  private static func words(of line: Substring) -> [Word] {
    var words: [Word] = []
    var current = ""
    var isInText = false
    /// Round brackets that are open in each expression put into a text.
    var brackets: [Int] = []
    var before: Character = " "
    for character in line {
      let isCode = !isInText
      if isCode, character.isLetter || character.isNumber || character == "_" {
        current.append(character)
      } else if !current.isEmpty {
        words.append(Word(text: current, isLabel: character == ":"))
        current = ""
      }
      switch character {
      case "/" where isCode && before == "/": return words
      case "\"" where before != "\\": isInText.toggle()
      case "(" where !isCode && before == "\\":
        isInText = false
        brackets.append(0)
      case "(" where isCode && !brackets.isEmpty: brackets[brackets.count - 1] += 1
      case ")" where isCode && !brackets.isEmpty:
        if brackets[brackets.count - 1] == 0 {
          brackets.removeLast()
          isInText = true
        } else {
          brackets[brackets.count - 1] -= 1
        }
      default: break
      }
      before = before == "\\" && character == "\\" ? " " : character
    }
    if !current.isEmpty { words.append(Word(text: current, isLabel: false)) }
    return words
  }
}
