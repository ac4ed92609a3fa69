import Foundation
import HTTP
import ServiceKit
import Testing
import Threads

@Suite(.timeLimit(.minutes(10))) struct SettingsTests {
  enum Clock: String, CaseIterable { case wall, stream }

  static let brokers = Setting.text("brokers", placeholder: "HOST:PORT,...", help: "Kafka's bootstrap servers.")
  static let commitInterval = Setting.milliseconds(
    "commit-interval-ms", default: 100, in: 1...60_000, help: "How long a cycle gathers records.")
  static let threads = Setting.integer("threads", default: 1, in: 1...64, help: "Stream threads.")
  static let clock = Setting.choice("clock", default: Clock.wall, help: "What time is.")
  static let verbose = Setting.toggle("verbose", help: "More lines.")
  static let caFile = Setting.path("ca-file", help: "Trusted certificates.").optional
  static let password = Setting.secret("smtp-password", help: "The password.").optional
  static let http = Setting.address("http", default: SocketAddress("127.0.0.1:9464"), help: "Probes and metrics.")

  let worker = CommandDeclaration(
    "worker", summary: "does the work",
    settings: [brokers, commitInterval, threads, clock, verbose, caFile, password, http])

  static let member = Setting.text("member", help: "The member's id.")
  static let rate = Setting.integer("rate", in: 1...(.max), unit: "purchases/s", help: "How fast.").optional
  static let file = Setting.path("file", help: "What to replay.")
  let tool = CommandDeclaration(
    "loyalty", summary: "the operator's command", settings: [brokers],
    subcommands: [
      CommandDeclaration(
        "account", summary: "accounts",
        subcommands: [CommandDeclaration("show", summary: "one account", arguments: [member])]),
      CommandDeclaration(
        "purchases", summary: "purchases",
        subcommands: [CommandDeclaration("replay", summary: "replays a file", arguments: [file], settings: [rate])]),
    ])

  func run(_ words: [String], _ environment: [String: String] = [:]) throws -> Settings {
    try run(worker, words, environment).settings
  }

  func run(
    _ command: CommandDeclaration, _ words: [String], _ environment: [String: String] = [:]
  ) throws -> (path: [String], settings: Settings) {
    guard case .run(let path, let settings) = try command.parse(words, environment: environment, version: "1.2.3")
    else { throw OSError(code: EINVAL, doing: "expecting a run") }
    return (path, settings)
  }

  func problems(_ command: CommandDeclaration, _ words: [String], _ environment: [String: String] = [:]) -> [String] {
    do {
      _ = try command.parse(words, environment: environment, version: "1.2.3")
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  func printed(_ command: CommandDeclaration, _ words: [String]) throws -> String {
    guard case .print(let text) = try command.parse(words, environment: [:], version: "1.2.3") else { return "" }
    return text
  }

  @Test func flagBeatsEnvironmentAndEnvironmentBeatsDefault() throws {
    let environment = ["STAMPEDE_BROKERS": "b:1", "STAMPEDE_COMMIT_INTERVAL_MS": "250", "STAMPEDE_THREADS": "3"]
    let settings = try run(["--threads", "4"], environment)
    #expect(settings[Self.brokers] == "b:1")
    #expect(settings[Self.commitInterval] == 250)
    #expect(settings[Self.threads] == 4)
    #expect(settings[Self.clock] == .wall)
    #expect(settings[Self.http].port == 9464)
  }

  @Test func aFlagThatIsDecidedAnewIsSetByNoVariable() throws {
    let yes = Setting.toggle("yes", help: "Go on.").flagOnly
    let clock = Setting.choice("pace", default: Clock.wall, help: "What time is.").flagOnly.optional
    let command = CommandDeclaration("tool", summary: "does it", settings: [yes, clock])
    let settings = try run(command, [], ["STAMPEDE_YES": "true", "STAMPEDE_PACE": "stream"]).settings
    #expect(!settings[yes] && settings[clock] == .wall)
    #expect(
      settings.remarks.map { $0.prefix(30) } == ["the variable STAMPEDE_PACE set", "the variable STAMPEDE_YES sets"])
    #expect(try run(command, ["--yes"]).settings[yes])
    #expect(try !printed(command, ["--help"]).contains("STAMPEDE_YES"))
  }

  @Test func aVariableThatSetsNothingIsTold() throws {
    let given = ["STAMPEDE_BROKER": "b", "STAMPEDE_BROKERS": "b:1", "STAMPEDE_SMTP_PASSWORD_FILE": "f", "OTHER": "x"]
    #expect(
      try run(tool, ["account", "show", "M"], given).settings.remarks == [
        "the variable STAMPEDE_BROKER sets nothing of any program; did you mean STAMPEDE_BROKERS?"
      ])
    #expect(
      try run(tool, ["account", "show", "M"], given.merging(["STAMPEDE_RATE": "1"]) { $1 }).settings.remarks.count == 1)
  }

  @Test func anErrorNamesTheCommandWhoseHelpTellsMore() {
    for (words, name) in [
      ([], "loyalty"), (["account"], "loyalty account"), (["account", "show"], "loyalty account show"),
      (["account", "show", "M", "--x"], "loyalty account show"), (["purchases", "x"], "loyalty purchases"),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try tool.parse(words, environment: ["STAMPEDE_BROKERS": "b:1"], version: "1")
      }
      #expect(error?.command == name)
    }
  }

  @Test func valuesMayBeAttachedOrFollow() throws {
    let settings = try run([
      "--brokers=b:1,c:2", "--clock", "stream", "--verbose", "--ca-file=/x y", "--http", "[::1]:0",
    ])
    #expect(settings[Self.brokers] == "b:1,c:2")
    #expect(settings[Self.clock] == .stream)
    #expect(settings[Self.verbose])
    #expect(settings[Self.caFile] == "/x y")
    #expect(settings[Self.http] == SocketAddress(host: "::1", port: 0))
    #expect(try !run(["--brokers", "b", "--no-verbose"], ["STAMPEDE_VERBOSE": "on"])[Self.verbose])
  }

  @Test func leftOutOptionalSettingIsNil() throws {
    let settings = try run(["--brokers", "b"])
    #expect(settings[Self.caFile] == nil)
    #expect(settings[Self.password] == nil)
  }

  @Test func emptyEnvironmentVariableCountsAsNotSet() throws {
    #expect(try run(["--brokers", "b"], ["STAMPEDE_THREADS": ""])[Self.threads] == 1)
  }

  @Test func everyProblemIsNamedAtOnceWithPlaceAndRemedy() {
    let found = problems(
      worker, ["--threads", "0", "--clock", "sundial", "--comit-interval-ms", "7", "--http", "nine", "--nonsense"],
      ["STAMPEDE_COMMIT_INTERVAL_MS": "soon"])
    #expect(
      found == [
        "--comit-interval-ms: is not a setting of worker; did you mean --commit-interval-ms?",
        "--nonsense: is not a setting of worker; see worker --help",
        "--brokers: is required; give it here or in STAMPEDE_BROKERS",
        "STAMPEDE_COMMIT_INTERVAL_MS: is 'soon' but needs a whole number from 1 to 60000 (ms)",
        "--threads: is '0' but needs a whole number from 1 to 64",
        "--clock: is 'sundial' but needs one of wall, stream",
        "--http: is 'nine' but needs host:port with a port from 0 to 65535, such as 127.0.0.1:9464",
      ])
  }

  @Test func flagsWithoutValueTwiceOrStrayWordsAreRefused() {
    #expect(problems(worker, ["--brokers"]).contains("--brokers: needs a value behind it"))
    #expect(problems(worker, ["--brokers", "a", "--brokers", "b"]) == ["--brokers: is given more than once; keep one"])
    #expect(
      problems(worker, ["--brokers", "a", "stray"])
        == ["'stray': is one argument too many; a value belongs to the flag before it"])
    #expect(problems(worker, ["--brokers", "a", "-x"]) == ["-x: flags start with two dashes"])
  }

  /// A password that was not quoted, one that looks like a flag, one behind a flag that is spelt wrong.
  @Test func wordThatMayBeASecretIsNotRepeated() {
    for words in [
      ["--smtp-password", "a", "hunter2"], ["--smtp-password", "a", "-hunter2"], ["--smtp-password", "--hunter2"],
      ["--smtp-pasword", "a", "hunter2"], ["--smtp-passphrase=a", "hunter2"],
    ] {
      let told = problems(worker, ["--brokers", "b"] + words)
      #expect(!told.isEmpty && !told.contains { $0.contains("hunter2") }, "\(told)")
    }
  }

  @Test func secretComesFromItsFileAndIsNeverShown() throws {
    let path = NSTemporaryDirectory() + "secret-\(UUID().uuidString)"
    try Data("hunter2\n".utf8).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    for (words, environment) in [
      (["--brokers", "b", "--smtp-password-file", path], [:]),
      (["--brokers", "b"], ["STAMPEDE_SMTP_PASSWORD_FILE": path]),
    ] {
      let settings = try run(words, environment)
      let secret = try #require(settings[Self.password])
      #expect(secret.reveal() == "hunter2")
      #expect("\(secret)" == "***" && String(reflecting: secret) == "***")
    }
    let both = problems(worker, ["--brokers", "b", "--smtp-password", "hunter2", "--smtp-password-file", path])
    #expect(both == ["--smtp-password: is given, and so is --smtp-password-file; keep one"])
    let gone = problems(worker, ["--brokers", "b", "--smtp-password-file", "/nowhere/x"])
    #expect(
      gone == ["--smtp-password-file: names '/nowhere/x', which cannot be read; check path and permissions"])
  }

  @Test func helpShowsUnitsDefaultsAndVariables() throws {
    let text = try printed(worker, ["--help"])
    #expect(text.contains("worker: does the work\n\nUsage: worker [SETTINGS]\n"))
    #expect(
      text.contains(
        "  --commit-interval-ms N   How long a cycle gathers records. [default 100 ms; STAMPEDE_COMMIT_INTERVAL_MS]"))
    #expect(text.contains("[required; STAMPEDE_BROKERS]"))
    #expect(text.contains("or --smtp-password-file PATH]"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 110 })
    #expect(try printed(worker, ["--version"]) == "worker 1.2.3\n")
  }

  @Test func subcommandsTakeArgumentsAndInheritSettings() throws {
    let shown = try run(tool, ["--brokers", "b:1", "account", "show", "M-1"])
    #expect(shown.path == ["account", "show"])
    #expect(shown.settings[Self.member] == "M-1")
    #expect(shown.settings[Self.brokers] == "b:1")
    let replay = try run(tool, ["purchases", "replay", "--rate", "50", "x.ndjson", "--brokers", "b"])
    #expect(replay.settings[Self.rate] == 50)
    #expect(replay.settings[Self.file] == "x.ndjson")
  }

  @Test func wrongSubcommandsAreNamedWithWhatThereIs() throws {
    #expect(problems(tool, []) == ["loyalty: needs one of: account, purchases"])
    #expect(problems(tool, ["acount"]) == ["'acount': is none of: account, purchases; did you mean 'account'?"])
    #expect(problems(tool, ["account", "show", "--brokers", "b"]) == ["MEMBER: is missing: The member's id."])
    let help = try printed(tool, ["--help"])
    #expect(help.contains("account show MEMBER") && help.contains("purchases replay FILE"))
    let one = try printed(tool, ["purchases", "replay", "--help"])
    #expect(one.contains("Usage: loyalty purchases replay FILE [SETTINGS]"))
    #expect(one.contains("[in purchases/s; STAMPEDE_RATE]"))
  }
}
