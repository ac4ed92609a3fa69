/// One thing an operator can set: its flag, its environment variable, what it accepts and what it means.
///
/// A service declares its settings as constants, lists them in a `CommandDeclaration` and reads them back by the same
/// constants: `settings[commitIntervalMs]`. A setting without a default is required; `.optional` makes its value
/// optional. The same declaration serves as a positional argument when it stands in a command's `arguments`.
package struct Setting<Value: Sendable>: AnySetting {
  package let declaration: SettingDeclaration
  let read: @Sendable (String) throws(SettingRefusal) -> Value
  /// Used when nothing is given; nil makes the setting required.
  let fallback: Value?

  init(
    _ declaration: SettingDeclaration, fallback: Value?,
    read: @escaping @Sendable (String) throws(SettingRefusal) -> Value
  ) {
    self.declaration = declaration
    self.fallback = fallback
    self.read = read
  }

  package func anyValue(from text: String) throws(SettingRefusal) -> any Sendable { try read(text) }
  package var anyFallback: (any Sendable)? { fallback }

  /// The same setting, which no environment variable sets.
  package var flagOnly: Setting<Value> {
    var declaration = declaration
    declaration.isFlagOnly = true
    return Setting(declaration, fallback: fallback, read: read)
  }

  /// The same setting, which may also be left out.
  package var optional: Setting<Value?> {
    var declaration = declaration
    declaration.isRequired = false
    let read = read
    return Setting<Value?>(declaration, fallback: .some(fallback)) { text throws(SettingRefusal) in try read(text) }
  }
}

/// What parsing and the help text need to know about a setting, whatever its type.
package struct SettingDeclaration: Sendable {
  /// The flag without its dashes, `commit-interval-ms`.
  package let name: String
  /// What stands for the value in the help text, `HOST:PORT`; nil for a switch that takes none.
  package let placeholder: String?
  package let help: String
  package let unit: String?
  package let defaultText: String?
  /// A secret may also come from `--NAME-file`, and is shown nowhere.
  package let isSecret: Bool
  /// May hold a secret among other things, and is shown nowhere either.
  let isConfidential: Bool
  package internal(set) var isRequired: Bool
  /// It is decided anew each time, and no environment variable sets it.
  package internal(set) var isFlagOnly = false

  init(
    _ name: String, placeholder: String?, help: String, unit: String? = nil, defaultText: String?,
    isSecret: Bool = false, isConfidential: Bool = false
  ) {
    self.name = name
    self.placeholder = placeholder
    self.help = help
    self.unit = unit
    self.defaultText = defaultText
    self.isSecret = isSecret
    self.isConfidential = isSecret || isConfidential
    self.isRequired = defaultText == nil
  }

  package var flag: String { "--" + name }
  var isSwitch: Bool { placeholder == nil }

  /// The environment variable that sets it; nil: none does.
  package var environmentName: String? {
    isFlagOnly ? nil : CommandDeclaration.environmentPrefix + name.uppercased().replacing("-", with: "_")
  }
}

/// A `Setting` of any type.
package protocol AnySetting: Sendable {
  var declaration: SettingDeclaration { get }
  var anyFallback: (any Sendable)? { get }
  func anyValue(from text: String) throws(SettingRefusal) -> any Sendable
}

/// Why a text is not a value of its setting, worded to follow "needs": "a whole number from 1 to 60000".
package struct SettingRefusal: Error {
  package let needs: String

  package init(needs: String) {
    self.needs = needs
  }
}

/// A value that is never printed: its description is a row of stars.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// The secret itself, to hand to the library that needs it.
  package func reveal() -> String { text }
  package var description: String { "***" }
  package var debugDescription: String { "***" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
