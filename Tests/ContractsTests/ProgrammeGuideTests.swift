import Contracts
import Foundation
import JSON
import Loyalty
import Testing

/// `docs/programme.md` shows what this version reads.
@Suite(.timeLimit(.minutes(10))) struct ProgrammeGuideTests {
  /// What every programme needs, for the pieces that show other things.
  private static let frame = [
    ("id", #""guide""#), ("version", "1"), ("effectiveFrom", #""2026-01-01T00:00:00Z""#), ("name", #""Guide""#),
    ("status", #""active""#), ("currencies", #"["USD"]"#), ("timeZone", #""UTC""#),
    ("earning", #"[{"id":"base","kind":"spend","points":1,"per":"1.00"}]"#),
  ]

  private static func pieces() throws -> [String] {
    let guide = TopicFolder.url.deletingLastPathComponent().appending(path: "docs/programme.md")
    let text = try String(contentsOf: guide, encoding: .utf8)
    return text.components(separatedBy: "```json\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
  }

  @Test func everyPieceOfTheGuideIsAProgramme() throws {
    let pieces = try Self.pieces()
    #expect(pieces.count == 18)
    for piece in pieces {
      let fields = try JSONValue(parsing: Array(piece.utf8))
      let missing = Self.frame.filter { fields[$0.0] == nil }.map { "\"\($0.0)\":\($0.1)," }.joined()
      let document = piece.replacing("{", with: "{" + missing, maxReplacements: 1)
      #expect(throws: Never.self, "\(piece)") { try ProgramDocument.decode(Array(document.utf8)) }
    }
  }

  @Test func theGuideShowsEveryKindOfRule() throws {
    let text = try Self.pieces().joined()
    for kind in ["spend", "product", "visits", "transaction", "activity", "threshold"] {
      #expect(text.contains("\"kind\": \"\(kind)\""))
    }
  }
}
