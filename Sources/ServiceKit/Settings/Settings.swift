/// The values of one run, read by the constants that declared them.
package struct Settings: Sendable {
  private let given: [String: Given]
  private let order: [String]

  /// One value, with the place it came from: a flag, an environment variable or `default`.
  struct Given: Sendable {
    let declaration: SettingDeclaration
    let value: any Sendable
    let shown: String?
    let place: String
  }

  init(_ values: [Given]) {
    given = Dictionary(uniqueKeysWithValues: values.map { ($0.declaration.name, $0) })
    order = values.map(\.declaration.name)
  }

  /// The value of a setting that this command declared.
  package subscript<Value>(setting: Setting<Value>) -> Value {
    guard let value = given[setting.declaration.name]?.value as? Value else {
      preconditionFailure("\(setting.declaration.flag) is not a setting of this command")
    }
    return value
  }

  /// Whether the operator set it, as against its default.
  package func isGiven<Value>(_ setting: Setting<Value>) -> Bool {
    given[setting.declaration.name].map { $0.place != Self.defaultPlace } ?? false
  }

  /// A problem with a value that only shows next to others, to be thrown in a `ConfigurationError`.
  package func problem<Value>(_ setting: Setting<Value>, _ remedy: String) -> ConfigurationError.Problem {
    let declaration = setting.declaration
    let place = given[declaration.name]?.place ?? Self.defaultPlace
    guard place == Self.defaultPlace else { return .init(place: place, remedy: remedy) }
    return .init(place: declaration.flag + (declaration.defaultText == nil ? "" : " (default)"), remedy: remedy)
  }

  /// Every setting with its value as text, in the order declared, for the log at start. Secrets are stars; what was
  /// left out is missing.
  package var effective: [(name: String, value: String)] {
    order.compactMap { name in given[name].flatMap { item in item.shown.map { (name, $0) } } }
  }

  static let defaultPlace = "default"
}
