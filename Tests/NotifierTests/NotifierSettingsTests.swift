import Contracts
import Curl
import Notifier
import ServiceKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct NotifierSettingsTests {
  func settings(_ words: [String]) throws -> NotifierSettings {
    let command = CommandDeclaration("notifier", summary: "", settings: NotifierSettings.all)
    guard case .run(_, let settings) = try command.parse(words, environment: [:], version: "0") else {
      throw ConfigurationError([.init(place: "test", remedy: "is no run")])
    }
    return try NotifierSettings(settings)
  }

  func problems(_ words: [String]) -> [String] {
    do {
      _ = try settings(words)
      return []
    } catch {
      return (error as? ConfigurationError)?.problems.map(\.place) ?? ["\(error)"]
    }
  }

  @Test func channelsWithoutServersAreOff() throws {
    let none = try settings([])
    #expect(!none.has(.email) && !none.has(.sms) && none.mailFrom == nil)
    let both = try settings(["--smtp-url", "smtp://h:1", "--mail-from", "S <a@b.c>", "--sms-url", "http://h/sms"])
    #expect(both.has(.email) && both.has(.sms) && both.mailFrom?.name == "S")
    #expect(!both.deduplicates(.email) && both.deduplicates(.sms))
  }

  @Test func passwordIsSentOverTLSOnlyUnlessToldOtherwise() throws {
    let mail = ["--smtp-url", "smtp://h:1", "--mail-from", "a@b.c"]
    let login = ["--smtp-user", "u", "--smtp-password", "p"]
    #expect(try settings(mail).channels.smtp?.startTLS == .opportunistic)
    #expect(try settings(mail + login).channels.smtp?.startTLS == .required)
    #expect(
      try settings(mail + login + ["--smtp-starttls", "none"]).channels.smtp?.startTLS == SMTPClient.StartTLS.none)
  }

  @Test func settingsThatDoNotFitAreAllNamed() {
    #expect(
      problems([
        "--smtp-url", "http://h", "--smtp-user", "u", "--sms-url", "h", "--unsubscribe-url", "ftp://x",
        "--send-retry-delay-ms", "5000", "--send-retry-delay-max-ms", "100",
      ])
        == [
          "--smtp-url", "--smtp-password", "--mail-from", "--unsubscribe-url", "--sms-url",
          "--send-retry-delay-max-ms",
        ])
    #expect(problems(["--sms-url", "http://h", "--sms-gateway", "kannel"]) == ["--sms-gateway"])
    #expect(problems(["--mail-from", "nobody"]) == ["--mail-from"])
  }
}
