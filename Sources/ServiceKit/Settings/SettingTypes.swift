import HTTP

/// The types of settings. Each takes a `default`; without one the setting is required (or `.optional`).

extension Setting where Value == String {
  /// Any text that is not empty and holds no control characters.
  package static func text(
    _ name: String, default fallback: String? = nil, placeholder: String = "TEXT", help: String
  ) -> Setting {
    Setting(
      SettingDeclaration(name, placeholder: placeholder, help: help, defaultText: fallback), fallback: fallback
    ) { text throws(SettingRefusal) in
      guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
        throw SettingRefusal(needs: "a text without control characters")
      }
      return text
    }
  }

  /// A file or folder; whether it exists is for its reader to find out.
  package static func path(_ name: String, default fallback: String? = nil, help: String) -> Setting {
    text(name, default: fallback, placeholder: "PATH", help: help)
  }
}

extension Setting where Value == Int {
  /// A whole number inside `range`; `unit` is shown behind it.
  package static func integer(
    _ name: String, default fallback: Int? = nil, in range: ClosedRange<Int>, unit: String? = nil, help: String
  ) -> Setting {
    let named = unit.map { " (\($0))" } ?? ""
    let bounds =
      range.upperBound == .max ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
    return Setting(
      SettingDeclaration(name, placeholder: "N", help: help, unit: unit, defaultText: fallback.map(String.init)),
      fallback: fallback
    ) { text throws(SettingRefusal) in
      guard let value = Int(text), range.contains(value) else {
        throw SettingRefusal(needs: "a whole number \(bounds)\(named)")
      }
      return value
    }
  }

  /// A duration in milliseconds; its name ends in `-ms`.
  package static func milliseconds(
    _ name: String, default fallback: Int? = nil, in range: ClosedRange<Int>, help: String
  ) -> Setting {
    precondition(name.hasSuffix("-ms"), "the name of a duration ends in its unit")
    return integer(name, default: fallback, in: range, unit: "ms", help: help)
  }
}

/// Long durations: operators give them in days or hours, and their values are milliseconds.
extension Setting where Value == Int64 {
  private static let hourMs: Int64 = 3_600_000

  /// Its name ends in `-days`.
  package static func days(
    _ name: String, default fallback: Int? = nil, in range: ClosedRange<Int>, help: String
  ) -> Setting {
    duration(name, default: fallback, in: range, unit: "days", ofMs: 24 * hourMs, help: help)
  }

  /// Its name ends in `-hours`.
  package static func hours(
    _ name: String, default fallback: Int? = nil, in range: ClosedRange<Int>, help: String
  ) -> Setting {
    duration(name, default: fallback, in: range, unit: "hours", ofMs: hourMs, help: help)
  }

  private static func duration(
    _ name: String, default fallback: Int?, in range: ClosedRange<Int>, unit: String, ofMs unitMs: Int64, help: String
  ) -> Setting {
    precondition(name.hasSuffix("-\(unit)"), "the name of a duration ends in its unit")
    let whole = Setting<Int>.integer(name, default: fallback, in: range, unit: unit, help: help)
    let read = whole.read
    return Setting(whole.declaration, fallback: fallback.map { Int64($0) * unitMs }) { text throws(SettingRefusal) in
      Int64(try read(text)) * unitMs
    }
  }
}

extension Setting where Value == Bool {
  /// `--name`, `--no-name` or `--name=true|false`; off unless said otherwise.
  package static func toggle(_ name: String, default fallback: Bool = false, help: String) -> Setting {
    Setting(
      SettingDeclaration(name, placeholder: nil, help: help, defaultText: fallback ? "on" : "off"), fallback: fallback
    ) { text throws(SettingRefusal) in
      switch text.lowercased() {
      case "true", "yes", "on", "1": return true
      case "false", "no", "off", "0": return false
      default: throw SettingRefusal(needs: "true or false")
      }
    }
  }
}

extension Setting where Value: CaseIterable & RawRepresentable<String> {
  /// One of the raw values of an enum.
  package static func choice(_ name: String, default fallback: Value? = nil, help: String) -> Setting {
    let all = Value.allCases.map(\.rawValue)
    return Setting(
      SettingDeclaration(name, placeholder: all.joined(separator: "|"), help: help, defaultText: fallback?.rawValue),
      fallback: fallback
    ) { text throws(SettingRefusal) in
      guard let value = Value(rawValue: text) else {
        throw SettingRefusal(needs: "one of \(all.joined(separator: ", "))")
      }
      return value
    }
  }
}

extension Setting where Value == Secret {
  /// A text that may hold secrets among other things; its reader says what is wrong with it.
  package static func confidential(_ name: String, placeholder: String, help: String) -> Setting {
    Setting(
      SettingDeclaration(name, placeholder: placeholder, help: help, defaultText: nil, isConfidential: true),
      fallback: nil
    ) { text throws(SettingRefusal) in Secret(text) }
  }

  /// A password, a token, or what may hold one; also readable from the file that `--NAME-file` names (one trailing line
  /// end is cut off).
  package static func secret(_ name: String, placeholder: String = "SECRET", help: String) -> Setting {
    Setting(
      SettingDeclaration(name, placeholder: placeholder, help: help, defaultText: nil, isSecret: true), fallback: nil
    ) { text throws(SettingRefusal) in
      guard !text.isEmpty else { throw SettingRefusal(needs: "a secret that is not empty") }
      return Secret(text)
    }
  }
}

extension Setting where Value == SocketAddress {
  /// `host:port`; port 0 lets the system pick a free one.
  package static func address(_ name: String, default fallback: SocketAddress? = nil, help: String) -> Setting {
    Setting(
      SettingDeclaration(name, placeholder: "HOST:PORT", help: help, defaultText: fallback?.description),
      fallback: fallback
    ) { text throws(SettingRefusal) in
      guard let address = SocketAddress(text) else {
        throw SettingRefusal(needs: "host:port with a port from 0 to 65535, such as 127.0.0.1:9464")
      }
      return address
    }
  }
}
