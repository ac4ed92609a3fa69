import Foundation
import LoyaltyCLI
import ServiceKit
import Testing

/// `docs/commands.md` says what the command's declarations say.
@Suite(.timeLimit(.minutes(10))) struct CommandPageTests {
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("docs/commands.md")
  private static let mark = "make commands. -->\n\n"

  /// `make commands` writes it.
  @Test func thePageIsMadeFromTheDeclarations() throws {
    let page = try String(contentsOf: Self.file, encoding: .utf8)
    let end = try #require(page.range(of: Self.mark)).upperBound
    #expect(page[end...] == CommandPage(of: LoyaltyCommand.root).text, "make commands")
  }

  /// One variable sets a flag of several commands, so it must mean one thing.
  @Test func aFlagMeansOneThingWhereverItIs() {
    var meanings: [String: Set<String>] = [:]
    for setting in LoyaltyCommand.root.allSettings.map(\.declaration) {
      guard let variable = setting.environmentName else { continue }
      meanings[variable, default: []].insert("\(setting.placeholder ?? "switch") \(setting.unit ?? "")")
    }
    #expect(meanings.filter { $0.value.count > 1 }.isEmpty)
  }
}
