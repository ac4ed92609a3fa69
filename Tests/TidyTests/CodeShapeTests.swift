import Foundation
import Testing

/// What can be held of the code's shape: lengths, names, and that nothing stands there unused.
@Suite(.timeLimit(.minutes(10))) struct CodeShapeTests {
  private static let columnsMax = 120
  private static let functionLinesMax = 60
  private static let pythonLinesMax = 400

  /// Every Swift file, read once for all tests.
  private struct Source {
    let file: SourceTree.File
    let lines: [Substring]
    let text: SwiftText
    let declarations: [SwiftText.Declaration]

    init(_ file: SourceTree.File) throws {
      self.file = file
      lines = try file.lines()
      text = SwiftText(lines)
      declarations = text.declarations()
    }

    /// The target whose code it is.
    var target: Substring { file.path.split(separator: "/")[1] }
    var isProduct: Bool { file.path.hasPrefix("Sources/") && target != "StreamTesting" }
  }

  private static let read = Result {
    try (SourceTree.swiftFiles(in: "Sources") + SourceTree.swiftFiles(in: "Tests")).map(Source.init)
  }

  @Test func commentsFitTheirColumns() throws {
    for source in try Self.read.get() {
      for (index, line) in source.lines.enumerated()
      where line.count > Self.columnsMax && !source.text.comments[index].isEmpty {
        Issue.record("\(source.file.path):\(index + 1) has \(line.count) columns: break the comment")
      }
    }
  }

  @Test func functionsFitAScreen() throws {
    for source in try Self.read.get() {
      for function in source.declarations where function.kind.isFunction {
        let lines = source.text.length(of: function)
        #expect(
          lines <= Self.functionLinesMax,
          "\(source.file.path):\(function.line): \(function.name) has \(lines) lines; give its steps names")
      }
    }
  }

  @Test func pythonFilesFitTheirLimit() throws {
    let files = try ["Tests/System", "Benchmarks"].flatMap { try SourceTree.files(in: $0, ending: [".py"]) }
    #expect(files.count > 50)
    for file in files {
      let count = try file.lines().count
      #expect(count <= Self.pythonLinesMax, "\(file.path) has \(count) lines: split it by what its parts do")
    }
  }

  // MARK: Names

  @Test func typeNamesStandInOneModule() throws {
    var modules: [String: Set<Substring>] = [:]
    for source in try Self.read.get() where source.file.path.hasPrefix("Sources/") {
      for type in source.declarations where type.kind.isType && type.indent == 0 && !type.isPrivate {
        modules[type.name, default: []].insert(source.target)
      }
    }
    #expect(modules.count > 400)
    for (name, places) in modules where places.count > 1 {
      Issue.record(
        "\(name) is declared in \(places.sorted().joined(separator: " and ")): a reader must ask which is meant")
    }
  }

  /// What nothing names, and why it stays.
  private static let usedOtherwise = [
    "debugDescription": "Swift asks for it",
    "customMirror": "Swift asks for it",
    "seeOther": "for the services to come: what answers a form",
    "empty": "for the services to come: what has no body",
    "HMACSHA256": "for the services to come: what makes the codes of Rewards",
  ]
  /// A domain whose worker is to come: what its tests use is used.
  private static let awaitingTheirWorker: Set<Substring> = ["Rewards", "Partners"]

  /// A word that the code of the products holds once is declared and never used, or by tests alone.
  @Test func nothingIsDeclaredThatNothingUses() throws {
    var products: [Substring: Int] = [:]
    var all: [Substring: Int] = [:]
    for source in try Self.read.get() {
      for word in source.text.words() {
        all[word, default: 0] += 1
        if source.isProduct { products[word, default: 0] += 1 }
      }
    }
    for source in try Self.read.get() where source.file.path.hasPrefix("Sources/") {
      for made in source.declarations where made.kind.isFound && Self.usedOtherwise[made.name] == nil {
        let isAlone = source.isProduct && !Self.awaitingTheirWorker.contains(source.target)
        let uses = isAlone ? products[Substring(made.name)] : all[Substring(made.name)]
        #expect(uses ?? 0 > 1, "\(source.file.path):\(made.line): nothing uses \(made.name)")
      }
    }
  }

  /// Symbols between double back-quotes are links that DocC follows.
  @Test func linksInCommentsLeadToDeclarations() throws {
    var names: Set<String> = []
    var signatures: Set<String> = []
    for made in try Self.read.get().flatMap(\.declarations) {
      names.insert(made.name)
      if let signature = made.signature { signatures.insert(signature) }
    }
    var linksSeen = 0
    for source in try Self.read.get() {
      for (index, comment) in source.text.comments.enumerated() where !comment.contains("```") {
        for (number, link) in comment.components(separatedBy: "``").enumerated() where number % 2 == 1 {
          linksSeen += 1
          let parts = link.split(separator: "/").map(String.init)
          let isDeclared = parts.allSatisfy { $0.contains("(") ? signatures.contains($0) : names.contains($0) }
          #expect(isDeclared && !parts.isEmpty, "\(source.file.path):\(index + 1): ``\(link)`` leads nowhere")
        }
      }
    }
    #expect(linksSeen > 100)
  }
}

extension SwiftText.Declaration.Kind {
  /// Cases may be made of words that come from outside; initialisers and the like have no names.
  fileprivate var isFound: Bool { ![.case, .`init`, .subscript, .deinit].contains(self) }
}
