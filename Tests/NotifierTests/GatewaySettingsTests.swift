import Foundation
import Notifier
import ServiceKit
import Testing

/// Which provider, by which document, and as whom.
@Suite(.timeLimit(.minutes(10))) struct GatewaySettingsTests {
  func settings(_ words: [String]) throws -> NotifierSettings {
    let command = CommandDeclaration("notifier", summary: "", settings: NotifierSettings.all)
    guard case .run(_, let settings) = try command.parse(words, environment: [:], version: "0") else {
      throw ConfigurationError([.init(place: "test", remedy: "is no run")])
    }
    return try NotifierSettings(settings)
  }

  func problems(_ words: [String]) -> [ConfigurationError.Problem] {
    do {
      _ = try settings(words)
      return []
    } catch {
      return (error as? ConfigurationError)?.problems ?? [.init(place: "\(error)", remedy: "")]
    }
  }

  let login = ["--sms-user", "u", "--sms-password", "hunter2"]

  @Test func shippedProvidersKnowTheirAddress() throws {
    for (name, url, deduplicates) in [
      ("esms", "https://rest.esms.vn", true), ("twilio", "https://api.twilio.com", false),
      ("vonage", "https://rest.nexmo.com", false),
    ] {
      let found = try settings(["--sms-provider", name] + login)
      #expect(found.has(.sms) && found.deduplicates(.sms) == deduplicates)
      #expect(found.channels.gateway?.account.url == url)
      let proxied = try settings(["--sms-provider", name, "--sms-url", "https://proxy.example/"] + login)
      #expect(proxied.channels.gateway?.account.url == "https://proxy.example")
      #expect(problems(["--sms-provider", name]).map(\.place) == ["--sms-user", "--sms-password"])
    }
    #expect(problems(["--sms-provider", "kannel"] + login).map(\.place) == ["--sms-url"])
    #expect(try settings(["--sms-url", "https://h"]).channels.gateway?.document.name == "json")
  }

  @Test func theOldSwitchIsAnAliasThatStandsAlone() throws {
    let words = ["--sms-url", "https://h/cgi-bin/sendsms"] + login
    #expect(try settings(words + ["--sms-gateway", "kannel"]).channels.gateway?.document.name == "kannel")
    #expect(try settings(words + ["--sms-gateway", "json"]).channels.gateway?.document.name == "json")
    #expect(
      problems(words + ["--sms-gateway", "json", "--sms-provider", "kannel"]).map(\.place) == ["--sms-gateway"])
  }

  @Test func aFileIsReadAndEachProblemNamesItsPath() throws {
    let path = NSTemporaryDirectory() + "provider-\(UUID().uuidString).json"
    defer { unlink(path) }
    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    try write(
      #"{"name":"mine","url":"{{url}}/send","body":{"form":{"n":"{{to}}","t":"{{text}}"}},"numbers":{"form":"digits"}}"#
    )
    let found = try settings(["--sms-provider", path, "--sms-url", "https://h"])
    #expect(found.channels.gateway?.document.name == "mine" && !found.deduplicates(.sms))
    try write(#"{"name":"mine","url":"{{url}}?p={{password}}","body":{"form":{"n":"{{to}}"}},"metod":"POST"}"#)
    let told = problems(["--sms-provider", path, "--sms-url", "https://h"] + login)
    #expect(Set(told.map(\.place)) == ["--sms-provider"])
    for word in ["$.metod is no field", "$ never writes {{text}}", "$.url writes {{password}}"] {
      #expect(told.contains { $0.remedy.contains(word) }, "\(word): \(told)")
    }
    #expect(!told.description.contains("hunter2"))
    #expect(problems(["--sms-provider", path + ".gone.json"]).map(\.place) == ["--sms-provider"])
    let mistyped = problems(["--sms-provider", "twilo"] + login)
    #expect(mistyped.count == 1 && mistyped[0].remedy.contains("did you mean twilio?"))
  }

  /// A line end in a header would be a header of its own.
  @Test func secretsAndAddressesAreHeldToWhatCanBeSent() {
    #expect(
      problems(["--sms-provider", "esms", "--sms-user", "u", "--sms-password", "a\r\nX: y"]).map(\.place)
        == ["--sms-password"])
    #expect(
      problems(["--sms-provider", "esms", "--sms-callback-url", "https://u:hunter2@h/x"] + login).map(\.place)
        == ["--sms-callback-url"])
    #expect(problems(["--sms-provider", "esms", "--sms-url", "http://h"] + login).map(\.place) == ["--sms-url"])
    #expect(problems(["--sms-provider", "esms", "--sms-url", "http://h", "--login-without-tls"] + login).isEmpty)
  }
}
