/// A text with fields, such as `{{url}}/Accounts/{{account}}/Messages.json`. `{{callbackUrl?31}}` stands for `31` where
/// that field has a value. What holds a field without a value is left out whole: a header, a parameter, a member.
package struct ProviderTemplate: Equatable, Sendable {
  private let parts: [Part]

  private enum Part: Equatable, Sendable {
    case text(String)
    case field(ProviderField)
    /// The text, where the field has a value.
    case textIf(ProviderField, String)
  }

  /// Why a text is no template, worded to follow the path of the field.
  package struct Fault: Error, Equatable {
    package let problem: String
  }

  package init(_ text: String) throws(Fault) {
    var parts: [Part] = []
    var rest = Substring(text)
    while let start = rest.firstRange(of: "{{") {
      guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
        throw Fault(problem: "opens a field with {{ and does not close it; write }}")
      }
      if start.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<start.lowerBound]))) }
      parts.append(try Self.part(rest[start.upperBound..<end.lowerBound]))
      rest = rest[end.upperBound...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  private static func part(_ inner: Substring) throws(Fault) -> Part {
    let words = inner.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let field = words.first.flatMap({ ProviderField(rawValue: String($0)) }) else {
      let known = ProviderField.allCases.map(\.rawValue).joined(separator: ", ")
      throw Fault(problem: "names a field that nobody knows; these are known: \(known)")
    }
    return words.count == 2 ? .textIf(field, String(words[1])) : .field(field)
  }

  /// The fields whose values are written.
  package var fields: Set<ProviderField> {
    Set(parts.compactMap { if case .field(let field) = $0 { field } else { nil } })
  }

  /// Whether it begins with this field, and has it nowhere else.
  func isLed(by field: ProviderField) -> Bool {
    parts.first == .field(field) && !parts.dropFirst().contains(.field(field))
  }

  /// What stands in it beside fields.
  var plainText: String {
    parts.map { part in
      switch part {
      case .text(let text), .textIf(_, let text): text
      case .field: ""
      }
    }.joined()
  }

  /// - Parameter escape: writes a value for the place where it stands.
  /// - Returns: nil where a field has no value.
  func filled(_ values: ProviderValues, _ escape: (ProviderField, String) -> String) -> String? {
    var text = ""
    for part in parts {
      switch part {
      case .text(let plain): text += plain
      case .field(let field):
        guard let value = values[field] else { return nil }
        text += escape(field, value)
      case .textIf(let field, let plain):
        guard values[field] != nil else { return nil }
        text += plain
      }
    }
    return text
  }
}

/// What a document may have filled in.
package enum ProviderField: String, CaseIterable, Sendable {
  /// Where the provider is: `--sms-url`, else the document's `defaultUrl`.
  case url
  case to, from, text
  /// Of a message that is sent by a template which the provider has: its id there, and an object of its parameters.
  case template, parameters
  /// The notification's own, by which a provider tells doubles and call-backs name it.
  case id
  /// What the document's `encodings` say of the message's.
  case encoding
  /// Where the provider tells what became of messages, and the same with `id` as a parameter.
  case callbackUrl, callbackUrlWithId
  case user, password, authorization
  /// What the URL names the account by; the user's, where nothing else is said.
  case account

  /// Shown nowhere, and in a URL only where nothing else is possible.
  package var isSecret: Bool { self == .password || self == .authorization }
}
