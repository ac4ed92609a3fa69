import Contracts
import Curl
import Foundation
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
    let none = try settings(["--without-channels"])
    #expect(!none.has(.email) && !none.has(.sms) && none.mailFrom == nil)
    let both = try settings(["--smtp-url", "smtp://h:1", "--mail-from", "S <a@b.c>", "--sms-url", "http://h/sms"])
    #expect(both.has(.email) && both.has(.sms) && both.mailFrom?.name == "S")
    #expect(!both.deduplicates(.email) && both.deduplicates(.sms))
  }

  @Test func ratesAndHoursAreRead() throws {
    let server = ["--smtp-url", "smtp://h:1", "--mail-from", "a@b.c"]
    for flags in [
      ["--email-rate", "14/s"], ["--sms-rate", "5000/h"],
      ["--email-domain-rates", "gmail.com=20/m,bücher.example=1/s"],
      ["--service-sms-quiet", "22:30-07:00"], ["--service-sms-quiet", "none"],
    ] { #expect(problems(server + flags).isEmpty, "\(flags)") }
    for (flag, value) in [
      ("--email-rate", "14"), ("--sms-rate", "0/s"), ("--email-domain-rates", "gmail.com"),
      ("--email-domain-rates", "gmail=1/s"), ("--service-sms-quiet", "22-7"), ("--service-sms-quiet", "22:00"),
    ] { #expect(problems(server + [flag, value]) == [flag], "\(value)") }
  }

  /// It would drop every message for good.
  @Test func noChannelAtAllMustBeMeant() throws {
    #expect(problems([]) == ["--smtp-url"])
    #expect(problems(["--without-channels"]).isEmpty)
    #expect(problems(["--without-channels", "--sms-url", "http://h/sms"]) == ["--without-channels"])
    for (flag, value, url) in [
      ("--smtp-user", "u", "--smtp-url"), ("--smtp-starttls", "none", "--smtp-url"),
      ("--mail-from", "a@b.c", "--smtp-url"), ("--sms-from", "SEN", "--sms-url"),
      ("--sms-authorization", "Bearer t", "--sms-url"), ("--sms-user", "u", "--sms-url"),
      ("--sms-account", "a", "--sms-url"), ("--sms-callback-url", "https://h/hook", "--sms-url"),
    ] {
      #expect(problems([flag, value]) == [url], "\(flag) alone")
      let other = url == "--sms-url" ? ["--smtp-url", "smtp://h", "--mail-from", "a@b.c"] : ["--sms-url", "http://h"]
      #expect(problems([flag, value] + other) == [url], "\(flag) beside the other channel")
      #expect(problems([flag, value, "--without-channels"]).isEmpty)
    }
  }

  @Test func passwordIsSentOverTLSOnlyUnlessToldOtherwise() throws {
    let mail = ["--smtp-url", "smtp://h:1", "--mail-from", "a@b.c"]
    let login = ["--smtp-user", "u", "--smtp-password", "p"]
    #expect(try settings(mail).channels.smtp?.startTLS == .opportunistic)
    #expect(try settings(mail + login).channels.smtp?.startTLS == .required)
    for weak in ["none", "opportunistic"] {
      #expect(problems(mail + login + ["--smtp-starttls", weak]) == ["--smtp-starttls"])
      let told = try settings(mail + login + ["--smtp-starttls", weak, "--login-without-tls"])
      #expect(told.channels.smtp?.startTLS.rawValue == weak)
    }
    #expect(problems(["--smtp-url", "smtps://h:1", "--mail-from", "a@b.c", "--smtp-starttls", "none"] + login).isEmpty)
  }

  @Test func logInAtTheGatewayIsSentOverTLSOnlyUnlessToldOtherwise() throws {
    let kannel = ["--sms-gateway", "kannel", "--sms-user", "u", "--sms-password", "p"]
    for login in [["--sms-authorization", "Bearer t"], kannel] {
      #expect(problems(["--sms-url", "http://h/sms"] + login) == ["--sms-url"])
      #expect(problems(["--sms-url", "https://h/sms"] + login).isEmpty)
      #expect(problems(["--sms-url", "http://h/sms", "--login-without-tls"] + login).isEmpty)
    }
    #expect(problems(["--sms-url", "http://h/sms"]).isEmpty)
  }

  /// A URL may hold a password or a token: it comes from a file too, and no problem repeats it.
  @Test func addressesAreKeptAsSecretsAre() throws {
    for (flag, value) in [
      ("--smtp-url", "smtp://u:hunter2@h:25"), ("--smtp-url", "smtp://h:25/hunter2\n"), ("--smtp-url", "hunter2"),
      ("--sms-url", "https://u:hunter2@h/sms?x=1"), ("--sms-url", "https://h/sms?key=hunter2\n"),
      ("--sms-url", "hunter2"),
    ] {
      let sender = flag == "--smtp-url" ? ["--mail-from", "a@b.c"] : []
      let error = #expect(throws: ConfigurationError.self) { try settings([flag, value] + sender) }
      #expect(error?.problems.map(\.place) == [flag])
      #expect(error?.description.contains("hunter2") == false, "\(error?.description ?? "")")
    }
    let path = NSTemporaryDirectory() + "sms-url-\(UUID().uuidString)"
    try Data("https://h/sms?key=a,b=c\n".utf8).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    #expect(try settings(["--sms-url-file", path]).has(.sms))
  }

  @Test func thePreferencePageNeedsASecretAndTLS() {
    let server = ["--smtp-url", "smtp://h", "--mail-from", "a@b.c"]
    let secret = ["--link-secret", String(repeating: "s", count: 32)]
    let page = ["--preferences-url", "https://m.example.com"]
    #expect(problems(server + page + secret).isEmpty)
    #expect(problems(server + page) == ["--link-secret"])
    #expect(problems(server + page + ["--link-secret", "short"]) == ["--link-secret"])
    #expect(problems(server + secret + ["--preferences-url", "http://127.0.0.1:8090/x"]).isEmpty)
    for url in ["http://m.example.com", "m.example.com", "https://", "https://h/?a=b", "https://u@h", "https://h/ x"] {
      #expect(problems(server + secret + ["--preferences-url", url]) == ["--preferences-url"], "\(url)")
    }
    #expect(problems(server + page + secret + ["--unsubscribe-url", "mailto:a@b.c"]).isEmpty)
    #expect(problems(server + page + secret + ["--unsubscribe-url", "https://h/stop"]) == ["--unsubscribe-url"])
    #expect(problems(server + ["--sms-preferences-link"]) == ["--sms-preferences-link"])
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
    #expect(problems(["--sms-url", "http://h", "--sms-gateway", "kannel"]) == ["--sms-user", "--sms-password"])
    #expect(problems(["--mail-from", "nobody", "--smtp-url", "smtp://h"]) == ["--mail-from"])
  }
}
