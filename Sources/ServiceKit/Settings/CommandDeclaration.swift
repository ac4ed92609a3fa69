import Foundation

/// A program, or one of its sub-commands: what it is for and what it can be told.
package struct CommandDeclaration: Sendable {
  package let name: String
  package let summary: String
  /// Positional arguments, in order; optional ones last.
  let arguments: [any AnySetting]
  /// Settings of this command; its sub-commands have them too.
  let settings: [any AnySetting]
  let subcommands: [CommandDeclaration]

  package init(
    _ name: String, summary: String, arguments: [any AnySetting] = [], settings: [any AnySetting] = [],
    subcommands: [CommandDeclaration] = []
  ) {
    precondition(arguments.isEmpty || subcommands.isEmpty, "a command has arguments or sub-commands, not both")
    self.name = name
    self.summary = summary
    self.arguments = arguments
    self.settings = settings
    self.subcommands = subcommands
  }

  /// Its settings and those of all its sub-commands.
  package var allSettings: [any AnySetting] { settings + subcommands.flatMap(\.allSettings) }

  /// What a command line asks for.
  package enum Request: Sendable {
    /// Run: `path` holds the names of the sub-commands, empty for a program without any.
    case run(path: [String], settings: Settings)
    /// Print this text on standard output and end well.
    case print(String)
  }

  /// Every environment variable that sets something starts so.
  package static let environmentPrefix = "STAMPEDE_"

  /// Reads the arguments (without the program's own name) and the environment. Reads no file but those that a
  /// `--x-file` of a secret names. Throws one `ConfigurationError` that lists every problem.
  package func parse(
    _ words: [String], environment: [String: String], version: String
  ) throws(ConfigurationError) -> Request {
    var line = CommandLineWords(root: self)
    do throws(ConfigurationError) {
      try line.read(words)
      if line.wantsHelp { return .print(HelpText.of(line.commands)) }
      if line.wantsVersion { return .print("\(name) \(version)\n") }
      var resolution = SettingResolution(environment: environment)
      let settings = try resolution.resolve(line)
      return .run(path: line.commands.dropFirst().map(\.name), settings: settings)
    } catch {
      throw error.of(line.commands.map(\.name).joined(separator: " "))
    }
  }

  /// For a `main`: reads this process's arguments and environment; prints help, version or errors itself and ends the
  /// process then, with 0 or with 64 (`EX_USAGE`).
  package func parseOrExit(version: String) -> (path: [String], settings: Settings) {
    do {
      let words = Array(CommandLine.arguments.dropFirst())
      switch try parse(words, environment: ProcessInfo.processInfo.environment, version: version) {
      case .run(let path, let settings): return (path, settings)
      case .print(let text):
        StandardStream.output.write(text)
        exit(0)
      }
    } catch {
      exitWith(error)
    }
  }

  /// Prints the problems on standard error and ends the process with 64 (`EX_USAGE`).
  package func exitWith(_ error: ConfigurationError) -> Never {
    let text = "\(name): the configuration is not valid\n\(error)\nTry: \(error.command ?? name) --help\n"
    StandardStream.errors.write(TerminalText.harmless(text))
    exit(EX_USAGE)
  }
}
