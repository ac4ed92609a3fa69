import JSON

/// A JSON document with fields in its texts.
package indirect enum JSONTemplate: Equatable, Sendable {
  case object([Member])
  case array([JSONTemplate])
  case text(ProviderTemplate)
  case literal(JSONValue)
  /// `"{{parameters}}"`, which becomes an object.
  case parameters

  package struct Member: Equatable, Sendable {
    let key: String
    let value: JSONTemplate
  }

  var templates: [ProviderTemplate] {
    switch self {
    case .object(let members): members.flatMap(\.value.templates)
    case .array(let elements): elements.flatMap(\.templates)
    case .text(let template): [template]
    case .literal, .parameters: []
    }
  }

  var holdsParameters: Bool {
    switch self {
    case .object(let members): members.contains { $0.value.holdsParameters }
    case .array(let elements): elements.contains { $0.holdsParameters }
    case .text, .literal: false
    case .parameters: true
    }
  }

  /// nil where a field has no value.
  func filled(_ values: ProviderValues) -> JSONValue? {
    switch self {
    case .object(let members):
      .object(members.compactMap { member in member.value.filled(values).map { .init(member.key, $0) } })
    case .array(let elements): .array(elements.compactMap { $0.filled(values) })
    // The writer escapes what JSON has to have escaped.
    case .text(let template): template.filled(values) { _, value in value }.map { .string($0) }
    case .literal(let value): value
    case .parameters: values.parameters
    }
  }
}
