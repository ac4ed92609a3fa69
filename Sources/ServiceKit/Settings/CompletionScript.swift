/// What a shell must know to complete a program's command line, made from its declaration.
package struct CompletionScript {
  package enum Shell: String, CaseIterable, Sendable { case bash, zsh, fish }

  private let root: CommandDeclaration

  package init(of root: CommandDeclaration) { self.root = root }

  package func text(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: "#compdef \(root.name)\nautoload -U +X bashcompinit && bashcompinit\n\(bash)"
    case .fish: fish
    }
  }

  // MARK: What can follow

  /// A place in the tree of commands, and what may stand there.
  private struct Place {
    /// Names from the first sub-command on; none at the root.
    var path: [String]
    var subcommands: [CommandDeclaration]
    var settings: [SettingDeclaration]
  }

  private var places: [Place] { places(root, path: [], inherited: []) }

  private func places(
    _ command: CommandDeclaration, path: [String], inherited: [any AnySetting]
  ) -> [Place] {
    let settings = inherited + command.settings
    let own = Place(path: path, subcommands: command.subcommands, settings: settings.map(\.declaration))
    return [own] + command.subcommands.flatMap { places($0, path: path + [$0.name], inherited: settings) }
  }

  /// Flags as they are written, `--no-x` included where a switch is on by itself.
  private func flags(of setting: SettingDeclaration) -> [String] {
    guard setting.isSwitch else { return [setting.flag] }
    return setting.defaultText == "on" ? [setting.flag, "--no-" + setting.name] : [setting.flag]
  }

  // MARK: bash, and zsh by its own means

  private var bash: String {
    let function = "_\(root.name)"
    let cases = places.map { place in
      let words = place.subcommands.map(\.name) + place.settings.flatMap(flags) + ["--help", "--version"]
      return "    '\(place.path.joined(separator: " "))') words='\(words.joined(separator: " "))' ;;"
    }
    let choices = choices.map { name, values in "    --\(name)) words='\(values.joined(separator: " "))' ;;" }
    let files = settingNames { $0.placeholder == "PATH" }
    let valued = settingNames { !$0.isSwitch }
    return """
      # Completion of \(root.name), made by `\(root.name) completion`.
      \(function)() {
        local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" path='' words='' word skip=0
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          if [ "$skip" = 1 ]; then skip=0; continue; fi
          case " \(valued) " in *" $word "*) skip=1; continue ;; esac
          case " \(commandNames) " in *" $word "*) path="${path:+$path }$word" ;; esac
        done
        case "$previous" in
      \(choices.joined(separator: "\n"))
        esac
        case " \(files) " in *" $previous "*) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
        if [ -z "$words" ]; then
          case " \(valued) " in *" $previous "*) COMPREPLY=(); return ;; esac
          case "$path" in
      \(cases.joined(separator: "\n"))
          esac
        fi
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
      }
      complete -F \(function) \(root.name)

      """
  }

  private var commandNames: String {
    Set(places.compactMap(\.path.last)).sorted().joined(separator: " ")
  }

  private func settingNames(_ isMeant: (SettingDeclaration) -> Bool) -> String {
    Set(places.flatMap(\.settings).filter(isMeant).map(\.flag)).sorted().joined(separator: " ")
  }

  /// Settings that have a list of values, such as `wall|stream`.
  private var choices: [(name: String, values: [String])] {
    var found: [String: [String]] = [:]
    for setting in places.flatMap(\.settings) {
      guard let values = setting.placeholder?.split(separator: "|"), values.count > 1 else { continue }
      found[setting.name] = values.map(String.init)
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  // MARK: fish

  private var fish: String {
    var lines = ["# Completion of \(root.name), made by `\(root.name) completion`.", "complete -c \(root.name) -f"]
    for place in places {
      let condition = condition(of: place)
      for command in place.subcommands {
        lines.append("\(condition) -a \(command.name) -d '\(quoted(command.summary))'")
      }
    }
    for owner in owners {
      let condition = owner.path.isEmpty ? "complete -c \(root.name)" : condition(under: owner.path)
      for setting in owner.settings {
        let values = setting.placeholder?.split(separator: "|") ?? []
        let value =
          setting.isSwitch
          ? ""
          : values.count > 1
            ? " -x -a '\(values.joined(separator: " "))'"
            : setting.placeholder == "PATH" ? " -r -F" : " -x"
        lines.append("\(condition) -l \(setting.name)\(value) -d '\(quoted(setting.help))'")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Each command with the settings that it declares itself.
  private var owners: [(path: [String], settings: [SettingDeclaration])] {
    func walk(_ command: CommandDeclaration, _ path: [String]) -> [(path: [String], settings: [SettingDeclaration])] {
      [(path, command.settings.map(\.declaration))] + command.subcommands.flatMap { walk($0, path + [$0.name]) }
    }
    return walk(root, [])
  }

  private func condition(of place: Place) -> String {
    guard !place.path.isEmpty else { return "complete -c \(root.name) -n __fish_use_subcommand" }
    let names = place.subcommands.map(\.name).joined(separator: " ")
    return condition(under: place.path, but: names)
  }

  private func condition(under path: [String], but names: String = "") -> String {
    let seen = path.map { "__fish_seen_subcommand_from \($0)" }.joined(separator: "; and ")
    let not = names.isEmpty ? "" : "; and not __fish_seen_subcommand_from \(names)"
    return "complete -c \(root.name) -n '\(seen)\(not)'"
  }

  private func quoted(_ text: String) -> String {
    text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
      .split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\'")
  }
}
