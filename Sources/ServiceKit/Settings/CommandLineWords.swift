/// Sorts the words of a command line: sub-commands, flags with their texts, positional arguments. Knows no values yet.
struct CommandLineWords {
  /// From the program down to the sub-command named.
  private(set) var commands: [CommandDeclaration]
  private(set) var flags: [String: String] = [:]
  private(set) var positionals: [String] = []
  private(set) var problems: [ConfigurationError.Problem] = []
  private(set) var wantsHelp = false
  private(set) var wantsVersion = false
  /// The flag read last, where what follows it may be a part of a secret.
  private var hidingFlag: String?
  /// The same where none followed, or one that looks like a flag.
  private var flagWithoutItsSecret: String?

  init(root: CommandDeclaration) {
    commands = [root]
  }

  var command: CommandDeclaration { commands[commands.count - 1] }
  var settings: [any AnySetting] { commands.flatMap(\.settings) }

  /// Stops early only at a sub-command that does not exist, for the rest cannot be judged without it.
  mutating func read(_ words: [String]) throws(ConfigurationError) {
    var rest = words[...]
    var flagsEnded = false
    while let word = rest.popFirst() {
      if flagsEnded || !word.hasPrefix("-") || word == "-" {
        try readPlain(word)
      } else if word == "--" {
        flagsEnded = true
      } else if word == "--help" || word == "-h" {
        wantsHelp = true
      } else if word == "--version" {
        wantsVersion = true
      } else if word.hasPrefix("--") {
        readFlag(word.dropFirst(2), &rest)
      } else {
        refuse(hidingFlag == nil ? word : shown(word), "flags start with two dashes")
      }
    }
    if !command.subcommands.isEmpty, !wantsHelp, !wantsVersion {
      let names = command.subcommands.map(\.name).joined(separator: ", ")
      throw ConfigurationError(
        problems + [.init(place: commands.map(\.name).joined(separator: " "), remedy: "needs one of: \(names)")])
    }
  }

  private mutating func readPlain(_ word: String) throws(ConfigurationError) {
    guard !command.subcommands.isEmpty else {
      if positionals.count == command.arguments.count, !wantsHelp {
        refuse(shown(word), "is one argument too many; a value belongs to the flag before it")
      }
      positionals.append(word)
      return
    }
    if let next = command.subcommands.first(where: { $0.name == word }) {
      commands.append(next)
      return
    }
    let names = command.subcommands.map(\.name)
    let hint = NearestName.to(word, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw ConfigurationError(
      problems + [.init(place: shown(word), remedy: "is none of: \(names.joined(separator: ", "))\(hint)")])
  }

  /// A word that a problem is about; not where it may be the rest of a password that was not quoted.
  private func shown(_ word: String) -> String {
    hidingFlag.map { "a word behind \($0)" } ?? "'\(TerminalText.name(word))'"
  }

  private mutating func readFlag(_ text: Substring, _ rest: inout ArraySlice<String>) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let attached = parts.count == 2 ? String(parts[1]) : nil
    let declared = declaration(of: name)
    hidingFlag = declared?.isConfidential ?? true ? "--\(name)" : nil
    if let declaration = declared {
      let file = declaration.isSecret && name == declaration.name + "-file"
      if let value = attached ?? (declaration.isSwitch && !file ? "true" : takeValue(&rest)) {
        keep(name, value)
      } else {
        refuse("--\(name)", "needs a value behind it")
        if declaration.isConfidential { flagWithoutItsSecret = hidingFlag }
      }
    } else if name.hasPrefix("no-"), attached == nil,
      let declaration = declaration(of: String(name.dropFirst(3))), declaration.isSwitch
    {
      keep(declaration.name, "false")
    } else {
      refuseUnknown(name, hasValue: attached != nil, &rest)
    }
  }

  private func declaration(of name: String) -> SettingDeclaration? {
    settings.map(\.declaration).first { $0.name == name || ($0.isSecret && name == $0.name + "-file") }
  }

  private func takeValue(_ rest: inout ArraySlice<String>) -> String? {
    guard let next = rest.first, !next.hasPrefix("--") else { return nil }
    return rest.popFirst()
  }

  private mutating func keep(_ name: String, _ value: String) {
    if flags.updateValue(value, forKey: name) != nil {
      refuse("--\(name)", "is given more than once; keep one")
    }
  }

  /// The word behind an unknown flag is most likely its value, unless this command could have a use for it.
  private mutating func refuseUnknown(_ name: String, hasValue: Bool, _ rest: inout ArraySlice<String>) {
    let nearest = NearestName.to(name, among: settings.map(\.declaration.name) + ["help", "version"])
    let hint = nearest.map { "did you mean --\($0)?" } ?? "see \(commands[0].name) --help"
    let place = flagWithoutItsSecret.map { "a word behind \($0)" } ?? "--\(name)"
    refuse(place, "is not a setting of \(commands.map(\.name).joined(separator: " ")); \(hint)")
    let takesValue = nearest.flatMap { declaration(of: $0) }.map { !$0.isSwitch }
    if !hasValue, takesValue ?? (command.arguments.isEmpty && command.subcommands.isEmpty) {
      _ = takeValue(&rest)
    }
  }

  private mutating func refuse(_ place: String, _ remedy: String) {
    problems.append(.init(place: place, remedy: remedy))
  }
}
