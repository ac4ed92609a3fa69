/// The text of `--help`: settings in two aligned columns with units, defaults and environment names.
enum HelpText {
  private static let widthMax = 110
  private static let leftColumnMax = 38

  /// `commands` leads from the program to the command asked about.
  static func of(_ commands: [CommandDeclaration]) -> String {
    let command = commands[commands.count - 1]
    let name = commands.map(\.name).joined(separator: " ")
    var text = "\(name): \(command.summary)\n\nUsage: \(name)\(usage(of: command, commands))\n"
    if !command.subcommands.isEmpty {
      text += section("Commands", leaves(of: command).map { ($0.0, $0.1.summary) })
    }
    if !command.arguments.isEmpty {
      text += section(
        "Arguments", command.arguments.map { (argumentName($0), describe($0.declaration, variable: nil)) })
    }
    for owner in commands.reversed() where !owner.settings.isEmpty {
      let title = owner.name == command.name ? "Settings" : "Settings of every \(owner.name) command"
      text += section(
        title,
        owner.settings.map { setting in
          let declaration = setting.declaration
          return (left(of: declaration), describe(declaration, variable: declaration.environmentName))
        })
    }
    return text + section("Also", [("--help", "This text."), ("--version", "The version.")])
  }

  private static func usage(of command: CommandDeclaration, _ commands: [CommandDeclaration]) -> String {
    let words = command.arguments.map { $0.declaration.isRequired ? argumentName($0) : "[\(argumentName($0))]" }
    let settings = commands.contains { !$0.settings.isEmpty } ? ["[SETTINGS]"] : []
    return ((command.subcommands.isEmpty ? [] : ["COMMAND"]) + words + settings).map { " " + $0 }.joined()
  }

  /// Every sub-command that does something, by its full name: `topics apply`.
  private static func leaves(of command: CommandDeclaration) -> [(String, CommandDeclaration)] {
    command.subcommands.flatMap { child -> [(String, CommandDeclaration)] in
      guard child.subcommands.isEmpty else {
        return leaves(of: child).map { ("\(child.name) \($0.0)", $0.1) }
      }
      let arguments = child.arguments.map { " " + argumentName($0) }.joined()
      return [(child.name + arguments, child)]
    }
  }

  private static func argumentName(_ argument: any AnySetting) -> String { argument.declaration.name.uppercased() }

  private static func left(of declaration: SettingDeclaration) -> String {
    guard let placeholder = declaration.placeholder else { return declaration.flag }
    return "\(declaration.flag) \(placeholder)"
  }

  private static func describe(_ declaration: SettingDeclaration, variable: String?) -> String {
    var notes: [String] = []
    let unit = declaration.unit.map { " " + $0 } ?? ""
    if let text = declaration.defaultText {
      notes.append("default \(text)\(unit)")
    } else {
      if declaration.unit != nil { notes.append("in\(unit)") }
      if declaration.isRequired { notes.append("required") }
    }
    if let variable { notes.append(variable) }
    if declaration.isSecret { notes.append("or \(declaration.flag)-file PATH") }
    return notes.isEmpty ? declaration.help : "\(declaration.help) [\(notes.joined(separator: "; "))]"
  }

  private static func section(_ title: String, _ rows: [(left: String, right: String)]) -> String {
    let widest = rows.map(\.left.count).filter { $0 <= leftColumnMax }.max() ?? leftColumnMax
    let indent = String(repeating: " ", count: widest + 4)
    var text = "\n\(title)\n"
    for row in rows {
      let lines = wrap(row.right, width: widthMax - indent.count)
      let fits = row.left.count <= widest
      let padding = String(repeating: " ", count: fits ? widest - row.left.count + 2 : 0)
      text += "  " + row.left + (fits ? padding : "\n" + indent)
      text += lines.joined(separator: "\n" + indent) + "\n"
    }
    return text
  }

  private static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    return lines + [line]
  }
}
