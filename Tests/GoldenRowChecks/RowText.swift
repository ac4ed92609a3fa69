/// A row as text: what each field of it holds, by the names that the fields have today.
enum RowText {
  static func of(_ value: Any) -> String {
    if let text = value as? String { return quoted(text) }
    if type(of: value) == [UInt8].self, let bytes = value as? [UInt8] {
      return quoted(String(decoding: bytes, as: UTF8.self))
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.map { of($0.value) } ?? "nil"
    case .collection: return "[" + mirror.children.map { of($0.value) }.joined(separator: ", ") + "]"
    case .set: return "[" + mirror.children.map { of($0.value) }.sorted().joined(separator: ", ") + "]"
    case .dictionary:
      return "[" + mirror.children.map { pair(of: $0.value) }.sorted().joined(separator: ", ") + "]"
    case .enum:
      guard let payload = mirror.children.first else { return "\(value)" }
      return "\(payload.label ?? "")(\(fields(payload.value)))"
    // A SIMD vector tells its elements best itself.
    case .struct where "\(type(of: value))".hasPrefix("SIMD"): return "\(value)".replacing("SIMD4<UInt64>", with: "")
    case .struct, .tuple: return mirror.children.count == 1 ? fields(value) : "(\(fields(value)))"
    default: return "\(value)"
    }
  }

  /// `name: value` for each field; of a value with one field the field's value alone.
  private static func fields(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .struct || mirror.displayStyle == .tuple, !mirror.children.isEmpty else {
      return of(value)
    }
    guard mirror.children.count > 1 else { return mirror.children.first.map { of($0.value) } ?? "" }
    return mirror.children.map { child in
      let label = child.label.map { $0.hasPrefix(".") ? "" : "\($0): " } ?? ""
      return label + of(child.value)
    }.joined(separator: ", ")
  }

  private static func pair(of value: Any) -> String {
    Mirror(reflecting: value).children.map { of($0.value) }.joined(separator: ": ")
  }

  private static func quoted(_ text: String) -> String {
    "\""
      + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      .replacing("\u{1F}", with: "\\u{1F}") + "\""
  }
}
