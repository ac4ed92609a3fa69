import Foundation

/// Finds each setting's value: the flag first, then the environment, then the default. Collects every problem.
struct SettingResolution {
  private let environment: [String: String]
  private var problems: [ConfigurationError.Problem] = []

  /// A secret is a line, not a document.
  private static let secretFileBytesMax = 65_536

  init(environment: [String: String]) {
    // An empty variable counts as not set, for compose files cannot leave one out.
    self.environment = environment.filter { !$0.value.isEmpty }
  }

  mutating func resolve(_ line: CommandLineWords) throws(ConfigurationError) -> Settings {
    problems = line.problems
    var values: [Settings.Given] = []
    for (index, argument) in line.command.arguments.enumerated() {
      let name = argument.declaration.name.uppercased()
      let word = index < line.positionals.count ? line.positionals[index] : nil
      let missing = "is missing: \(argument.declaration.help)"
      append(argument, text: word, place: name, missing: missing, to: &values)
    }
    for setting in line.settings {
      let declaration = setting.declaration
      let variable = declaration.environmentName
      guard let (text, place) = source(of: declaration, variable ?? "", line.flags) else { continue }
      let missing = "is required; give it here" + (variable.map { " or in \($0)" } ?? "")
      append(setting, text: text, place: place, missing: missing, to: &values)
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    let own = line.commands[0].allSettings.map(\.declaration)
    let names = values.map(\.declaration.name)
    precondition(Set(names).count == names.count, "two settings of one command share a name")
    return Settings(values, remarks: EnvironmentNames.remarks(on: environment.keys, own: own))
  }

  private mutating func append(
    _ setting: any AnySetting, text: String?, place: String, missing: String, to values: inout [Settings.Given]
  ) {
    let declaration = setting.declaration
    guard let text else {
      guard let fallback = setting.anyFallback else {
        problems.append(.init(place: place, remedy: missing))
        return
      }
      values.append(.init(declaration: declaration, value: fallback, place: Settings.defaultPlace))
      return
    }
    do {
      let value = try setting.anyValue(from: text)
      values.append(.init(declaration: declaration, value: value, place: place))
    } catch {
      let shown = declaration.isConfidential ? "" : "is '\(TerminalText.name(text))' but "
      problems.append(.init(place: place, remedy: "\(shown)needs \(error.needs)"))
    }
  }

  /// The text given and where, a nil text when nothing is given, or nil when a problem was noted already.
  private mutating func source(
    of declaration: SettingDeclaration, _ variable: String, _ flags: [String: String]
  ) -> (text: String?, place: String)? {
    guard declaration.isSecret else {
      if let text = flags[declaration.name] { return (text, declaration.flag) }
      if let text = environment[variable] { return (text, variable) }
      return (nil, declaration.flag)
    }
    let places = [
      (declaration.flag, flags[declaration.name], flags[declaration.name + "-file"]),
      (variable, environment[variable], environment[variable + "_FILE"]),
    ]
    for (place, text, file) in places {
      let filePlace = place.hasPrefix("--") ? place + "-file" : place + "_FILE"
      switch (text, file) {
      case (nil, nil): continue
      case (let text?, nil): return (text, place)
      case (nil, let file?): return readSecret(file, filePlace)
      default:
        problems.append(.init(place: place, remedy: "is given, and so is \(filePlace); keep one"))
        return nil
      }
    }
    return (nil, declaration.flag)
  }

  private mutating func readSecret(_ path: String, _ place: String) -> (text: String?, place: String)? {
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      guard data.count <= Self.secretFileBytesMax, var text = String(data: data, encoding: .utf8) else {
        problems.append(
          .init(place: place, remedy: "names '\(TerminalText.name(path))', which does not hold one line of UTF-8 text"))
        return nil
      }
      if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
      return (text, place)
    } catch {
      problems.append(
        .init(
          place: place, remedy: "names '\(TerminalText.name(path))', which cannot be read; check path and permissions"))
      return nil
    }
  }
}
