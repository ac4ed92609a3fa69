import Contracts
import Foundation
import Testing

/// What `docs/security.md` says of rights is what the contract grants.
@Suite(.timeLimit(.minutes(10))) struct SecurityPageTests {
  private var table: [String] {
    ["| principal | on | may | for |", "|---|---|---|---|"]
      + AccessRules.all.map { rule in
        let names = rule.names.map { "`\($0)\(rule.isPrefix ? "…" : "")`" }.joined(separator: ", ")
        let kind = rule.resource.rawValue.replacing("-", with: " ") + (names.isEmpty ? "" : " ")
        let operations = rule.operations.map(\.rawValue).joined(separator: ", ")
        return "| `\(rule.principal)` | \(kind)\(names) | \(operations) | \(rule.purpose) |"
      }
  }

  @Test func thePageSaysWhatTheContractGrants() throws {
    let page = TopicFolder.url.deletingLastPathComponent().appending(path: "docs/security.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").map(String.init)
    let found = lines.drop { !$0.hasPrefix("| principal | on |") }.prefix { $0.hasPrefix("|") }
    #expect(Array(found) == table, "docs/security.md must hold:\n\(table.joined(separator: "\n"))")
  }

  @Test func aServiceMayDoNothingBesideItsTopics() {
    for service in Service.allCases {
      let rules = AccessRules.all.filter { $0.principal == service.name }
      let read = rules.filter { $0.resource == .topic && !$0.isPrefix && $0.operations == [.read] }.flatMap(\.names)
      let written = rules.filter { $0.resource == .topic && !$0.isPrefix && $0.operations.contains(.write) }.flatMap(
        \.names)
      let references = service.referenceTopics + service.signingTopics + service.followedTopics
      #expect(Set(read) == Set((service.inputTopics + references).map(\.name)))
      #expect(Set(written) == Set(service.writtenTopics.map(\.name)))
      let others = rules.filter { $0.resource != .topic || $0.isPrefix }.flatMap(\.names)
      #expect(Set(others) == ["\(service.name).", service.name, "\(service.name)-"])
    }
  }

  /// The world reaches it.
  @Test func theServerOnTheWebMayDoAlmostNothing() {
    let rules = AccessRules.all.filter { $0.principal == AccessRules.webName }
    let topics = rules.filter { $0.resource == .topic }
    #expect(
      topics.map(\.names) == [["loyalty.preferences"], ["loyalty.preference-requests"], ["notifications.feedback"]])
    #expect(topics.map(\.operations) == [[.read], [.write], [.write]] && !topics.contains(where: \.isPrefix))
    #expect(rules.filter { $0.resource != .topic }.map(\.operations) == [[.describe]])
  }

  /// Names and principals go into a shell script.
  @Test func aCommandIsOneLineThatTheShellTakesAsItStands() {
    for rule in AccessRules.all {
      let command = rule.command(principalPrefix: "User:")
      #expect(command.hasPrefix("kafka-acls.sh \"$@\" --add --allow-principal 'User:\(rule.principal)' --operation "))
      #expect(command.wholeMatch(of: /kafka-acls\.sh "\$@" [A-Za-z0-9:' ._-]+/) != nil, "\(command)")
    }
  }
}
