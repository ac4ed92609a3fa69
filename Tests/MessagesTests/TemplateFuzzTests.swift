import Contracts
import Foundation
import Loyalty
import Messages
import TestValues
import Testing

/// Whatever a template's author writes is read or refused; what is read is written with any facts, and no value becomes
/// a tag, an attribute or a line of its own. STAMPEDE_SEED repeats a run.
@Suite(.timeLimit(.minutes(10))) struct TemplateFuzzTests {
  private static let seed = UInt64(
    truncatingIfNeeded: ProcessInfo.processInfo.environment["STAMPEDE_SEED"].flatMap { Int($0) } ?? 20_261_130)
  private static let rounds = 20_000
  private static let pieces = [
    "{{points}}", "{{memberName}}", "{{unsubscribeUrl}}", "{{accentColor}}", "{{usableUntil}}", "{{#if memberName}}",
    "{{#if not points}}", "{{else}}", "{{else if byPurchase}}", "{{/if}}", "{{#plural points}}", "{{one}}", "{{other}}",
    "{{/plural}}", "{{", "}}", "{{unknown}}", "<p>", "</p>", "<p title=\"", "\"", "'", ">", "<a href=\"https://x/",
    "<a href=\"", "</a>", "<br>", "<!--", "-->", "<b style=\"color:", "</b>", "<", "&", "=", " ", "\n", "text", "é",
    "🎉",
    "<div>", "</div>", "<ul><li>", "</li></ul>",
  ]
  private static let values = [
    "Lan", "\"><script>", "' onload='x", "--><!--", "javascript:alert(1)", "a\r\nb", "</p>", "&lt;", "\u{202E}x",
    "{{points}}",
    String(repeating: "x", count: 1_000), "",
  ]

  @Test func anyTextIsReadOrRefusedAndWhatIsReadIsWrittenWhole() throws {
    var chance = SplitMix(seed: Self.seed)
    let kind = try Sample.kind("points-earned")
    var read = 0
    for round in 0..<Self.rounds {
      let count = chance.below(14) + 1
      let text = (0..<count).map { _ in chance.pick(Self.pieces) }.joined()
      let isHTML = chance.happens(oneIn: 2)
      let (parts, faults) = TemplateParser.parse(text, as: kind, in: .english, isHTML: isHTML)
      #expect(faults.count <= 10)
      guard faults.isEmpty else { continue }
      guard let template = try? isHTML ? Sample.document(html: text) : Sample.document(text: text) else { continue }
      read += 1
      let context = "round \(round) of seed \(Self.seed): \(text) \(parts)"
      let harmless = try written(template, value: "x", &chance)
      let hostile = try written(template, value: chance.pick(Self.values), &chance)
      #expect(hostile.subject == harmless.subject)
      if isHTML {
        #expect(Self.shape(hostile.html) == Self.shape(harmless.html), "\(context)")
      } else {
        #expect(!hostile.body.contains("\r") && !hostile.body.contains("\u{202E}"), "\(context)")
      }
      // The way out stands below each.
      #expect(hostile.body.utf8.count <= text.utf8.count + (count + 1) * 2_000, "\(context)")
    }
    #expect(read > Self.rounds / 50, "\(read) were read")
  }

  private func written(_ template: MessageTemplate, value: String, _ chance: inout SplitMix) throws -> Wording {
    var facts = try Sample.facts()
    facts.values["memberName"] = .text(value.isEmpty ? "y" : value)
    facts.values["programName"] = .text("Sen")
    facts.values["unsubscribeUrl"] = .link(value.isEmpty ? "y" : value)
    return try Sample.write(template, facts)
  }

  /// Its tags and the names of their attributes.
  private static func shape(_ html: String?) -> [String] {
    HTMLScanner.pieces(of: html ?? "").compactMap { piece in
      switch piece {
      case .open(let tag, let attributes): "<\(tag) \(attributes.keys.sorted())"
      case .close(let tag): "</\(tag)"
      case .text: nil
      }
    }
  }
}
