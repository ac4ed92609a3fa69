import Foundation
import Inquiry
import JSON
import ServiceKit

/// One thing `loyalty` can do.
protocol Subcommand: SendableMetatype {
  static var command: CommandDeclaration { get }
  /// Whether the first SIGINT lets it come to an end of its own; otherwise it ends the process at once.
  static var stopsGracefully: Bool { get }
  static func run(_ context: CommandContext) throws -> ExitCode
}

extension Subcommand {
  static var stopsGracefully: Bool { false }
}

/// What a command works with.
struct CommandContext {
  static let json = Setting.toggle(
    "json", help: "The answer as one JSON document on standard output, also where the command fails."
  ).flagOnly
  static let yes = Setting.toggle(
    "yes", help: "Do what cannot be taken back without asking; needed where standard input is no terminal."
  ).flagOnly

  let settings: Settings
  let cluster: Cluster
  let console: Console
  let stop: StopSignal

  var wantsJSON: Bool { settings[Self.json] }

  /// The answer, for whoever has asked: people or a program.
  func tell(_ text: @autoclosure () -> String, _ json: @autoclosure () -> JSONValue) {
    if wantsJSON { console.say(json()) } else { console.say(text()) }
  }

  /// Before something that cannot be taken back: asks at a terminal, wants `--yes` elsewhere.
  func confirm(_ what: String) throws {
    guard !settings[Self.yes] else { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw CommandFailure("\(what). Nothing is done: say --yes where nobody can be asked")
    }
    console.note("\(what). Go on? [y/N]")
    guard ["y", "yes"].contains(readLine()?.lowercased() ?? "") else { throw CommandFailure("nothing is done") }
  }
}
