/// Trees as text.
extension JSONValue {
  /// One line without white space.
  package var compact: String {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.string
  }

  /// Indented by two spaces, for people.
  package var pretty: String { pretty(indent: "") }

  package func write(to writer: inout JSONWriter) {
    switch self {
    case .object(let members):
      writer.beginObject()
      for member in members {
        writer.key(member.key)
        member.value.write(to: &writer)
      }
      writer.endObject()
    case .array(let elements):
      writer.beginArray()
      for element in elements { element.write(to: &writer) }
      writer.endArray()
    case .string(let text): writer.string(text)
    case .number(var text): text.withUTF8 { writer.raw($0) }
    case .bool(let value): writer.bool(value)
    case .null: writer.null()
    }
  }

  private func pretty(indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .object(let members) where !members.isEmpty:
      let lines = members.map { inner + JSONValue.string($0.key).compact + ": " + $0.value.pretty(indent: inner) }
      return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
    case .array(let elements) where !elements.isEmpty:
      let lines = elements.map { inner + $0.pretty(indent: inner) }
      return "[\n" + lines.joined(separator: ",\n") + "\n" + indent + "]"
    default:
      return compact
    }
  }
}
