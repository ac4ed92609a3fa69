import Foundation
import Testing

/// The documents lead somewhere: what they link to and name is there.
@Suite(.timeLimit(.minutes(10))) struct DocumentTests {
  private static let readmeLinesMax = 200
  private static let mostRead = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]

  @Test func theReadmeIsReadInOneSitting() throws {
    #expect(try SourceTree.File(path: "README.md").lines().count <= Self.readmeLinesMax)
  }

  @Test func everyLinkLeadsToAFile() throws {
    var linksSeen = 0
    for file in try Self.documents() {
      for (index, line) in try file.lines().enumerated() {
        for link in line.matches(of: /\]\(([^)\s]+)\)/).map(\.1) where !link.contains("://") && !link.hasPrefix("#") {
          linksSeen += 1
          let path = String(link.prefix { $0 != "#" })
          let folder = URL(fileURLWithPath: file.path, relativeTo: SourceTree.root).deletingLastPathComponent()
          #expect(
            FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path),
            "\(file.path):\(index + 1) links to \(link)")
        }
      }
    }
    #expect(linksSeen > 30)
  }

  /// Paths below the root, `Sources/` or the page's own folder; those with a word to fill in, `<Name>`, and what a
  /// build makes are no paths.
  @Test(arguments: ["docs/architecture.md", "CONTRIBUTING.md"]) func everyPathIsThere(document: String) throws {
    var pathsSeen = 0
    for (index, line) in try SourceTree.File(path: document).lines().enumerated() {
      for path in line.matches(of: /`([A-Za-z0-9_.+\/-]+)`/).map(\.1) where Self.isPath(path) {
        pathsSeen += 1
        let places = ["", "Sources/", "Sources/Loyalty/"].map { SourceTree.root.appendingPathComponent($0 + path).path }
        #expect(
          places.contains { FileManager.default.fileExists(atPath: $0) }, "\(document):\(index + 1) names \(path)")
      }
    }
    #expect(pathsSeen > 5)
  }

  /// What the page on security says is stopped is shown by a test that is there: `Suite/test`, or `file.py::test`.
  @Test func everyTestThatTheSecurityPageNamesIsThere() throws {
    let tests = try SourceTree.files(in: "Tests", ending: [".swift", ".py"])
    var seen = 0
    for line in try SourceTree.File(path: "docs/security.md").lines() {
      for named in line.matches(of: /`([A-Za-z]+Tests)\/([A-Za-z0-9]+)`/) {
        seen += 1
        let suites = tests.filter { $0.path.hasSuffix("/\(named.1).swift") }
        let isThere = try suites.contains { try $0.lines().contains { $0.contains("func \(named.2)(") } }
        #expect(isThere, "docs/security.md names \(named.0)")
      }
      for named in line.matches(of: /`(test_[a-z_]+\.py)(?:::(test_[a-z0-9_]+))?`/) {
        seen += 1
        let file = tests.first { $0.path.hasSuffix("/\(named.1)") }
        let isThere = try named.2.map { test in try file?.lines().contains { $0.contains("def \(test)(") } ?? false }
        #expect(isThere ?? (file != nil), "docs/security.md names \(named.0)")
      }
    }
    #expect(seen > 20)
  }

  private static func isPath(_ text: Substring) -> Bool {
    text.hasSuffix("/") || [".swift", ".py", ".md", ".json", ".yaml"].contains { text.hasSuffix($0) && text != $0 }
  }

  private static func documents() throws -> [SourceTree.File] {
    try mostRead.map(SourceTree.File.init) + SourceTree.files(in: "docs", ending: [".md"])
  }
}
