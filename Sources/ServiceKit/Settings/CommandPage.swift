/// A program's commands as a page of Markdown, made from its declaration.
package struct CommandPage {
  private let root: CommandDeclaration

  package init(of root: CommandDeclaration) { self.root = root }

  package var text: String {
    let common = section("Settings of every command", root.settings.map(\.declaration), level: 2)
    return common + root.subcommands.map { group($0, [root.name]) }.joined()
  }

  private func group(_ command: CommandDeclaration, _ path: [String]) -> String {
    let level = path.count + 1
    guard !command.subcommands.isEmpty else { return self.command(command, path, level: level) }
    let own = path + [command.name]
    let marks = String(repeating: "#", count: level)
    return "\n\(marks) \(own.joined(separator: " "))\n\n\(command.summary)\n"
      + command.subcommands.map { group($0, own) }.joined()
  }

  private func command(_ command: CommandDeclaration, _ path: [String], level: Int) -> String {
    let name = (path + [command.name]).joined(separator: " ")
    let words = command.arguments.map { argument in
      let name = argument.declaration.name.uppercased()
      return argument.declaration.isRequired ? name : "[\(name)]"
    }
    let marks = String(repeating: "#", count: level)
    var text = "\n\(marks) \((["`\(name)"] + words).joined(separator: " "))`\n\n\(escaped(sentence(command.summary)))\n"
    text += rows(command.arguments.map { ($0.declaration.name.uppercased(), $0.declaration) })
    text += rows(command.settings.map { (left(of: $0.declaration), $0.declaration) })
    return text
  }

  private func section(_ title: String, _ settings: [SettingDeclaration], level: Int) -> String {
    "\(String(repeating: "#", count: level)) \(title)\n" + rows(settings.map { (left(of: $0), $0) })
  }

  private func rows(_ rows: [(left: String, setting: SettingDeclaration)]) -> String {
    guard !rows.isEmpty else { return "" }
    let lines = rows.map {
      "| `\(escaped($0.left))` | \(escaped($0.setting.help)) | \(escaped(notes(on: $0.setting))) |"
    }
    return "\n| | | |\n|---|---|---|\n" + lines.joined(separator: "\n") + "\n"
  }

  private func left(of setting: SettingDeclaration) -> String {
    setting.placeholder.map { "\(setting.flag) \($0)" } ?? setting.flag
  }

  private func notes(on setting: SettingDeclaration) -> String {
    var notes: [String] = []
    if setting.isRequired { notes.append("required") }
    if let text = setting.defaultText { notes.append("default \(text)" + (setting.unit.map { " \($0)" } ?? "")) }
    return notes.joined(separator: ", ")
  }

  private func sentence(_ summary: String) -> String {
    summary.prefix(1).uppercased() + summary.dropFirst() + (summary.hasSuffix(".") ? "" : ".")
  }

  private func escaped(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("<", with: "&lt;") }
}
