/// The values of one run, read by the constants that declared them.
package struct Settings: Sendable {
  private let given: [String: Given]
  /// What an operator should look at though it stops nothing, such as a variable that sets nothing.
  package let remarks: [String]

  /// One value, with the place it came from: a flag, an environment variable or `default`.
  struct Given: Sendable {
    let declaration: SettingDeclaration
    let value: any Sendable
    let place: String
  }

  init(_ values: [Given], remarks: [String] = []) {
    self.remarks = remarks
    given = Dictionary(uniqueKeysWithValues: values.map { ($0.declaration.name, $0) })
  }

  /// The value of a setting that this command declared.
  package subscript<Value>(setting: Setting<Value>) -> Value {
    guard let value = given[setting.declaration.name]?.value as? Value else {
      preconditionFailure("\(setting.declaration.flag) is not a setting of this command")
    }
    return value
  }

  /// A problem with a value that only shows next to others, to be thrown in a `ConfigurationError`.
  package func problem<Value>(_ setting: Setting<Value>, _ remedy: String) -> ConfigurationError.Problem {
    let declaration = setting.declaration
    let place = given[declaration.name]?.place ?? Self.defaultPlace
    guard place == Self.defaultPlace else { return .init(place: place, remedy: remedy) }
    return .init(place: declaration.flag + (declaration.defaultText == nil ? "" : " (default)"), remedy: remedy)
  }

  static let defaultPlace = "default"
}
