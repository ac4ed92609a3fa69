/// What a set of rows shows of the forms that its fields may have.
struct FormCoverage {
  /// By field of a type, the forms met: `nil` and `a value` of an optional, `empty` and `filled` of a list, the case of
  /// an enum.
  private(set) var met: [String: Set<String>] = [:]
  /// By field, the forms it may have as far as its type tells.
  private var possible: [String: Set<String>] = [:]

  /// Fields that have not been met in every form, with what is missing.
  var gaps: [String] {
    possible.compactMap { field, forms in
      let missing = forms.subtracting(met[field] ?? [])
      return missing.isEmpty ? nil : "\(field) is never \(missing.sorted().joined(separator: " nor "))"
    }.sorted()
  }

  mutating func add(_ row: Any) { visit(row, "\(type(of: row))") }

  /// - Parameter field: the value's type and name of it, such as `Lot.expiresAt`, wherever the type stands in a row.
  private mutating func visit(_ value: Any, _ field: String) {
    if type(of: value) == [UInt8].self || "\(type(of: value))".hasPrefix("SIMD") { return }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      note(field, mirror.children.isEmpty ? "nil" : "a value", of: ["nil", "a value"])
      for some in mirror.children { visit(some.value, field) }
    case .collection, .set, .dictionary:
      note(field, mirror.children.isEmpty ? "empty" : "filled", of: ["empty", "filled"])
      for child in mirror.children { visit(child.value, "\(field)[]") }
    case .enum:
      let name = mirror.children.first?.label ?? "\(value)"
      let all = (value as? any CaseIterable).map { Self.cases(of: $0) } ?? [name]
      note(field, name, of: all)
      for child in mirror.children { visit(child.value, "\(field).\(name)") }
    case .struct:
      for child in mirror.children { visit(child.value, "\(type(of: value)).\(child.label ?? "")") }
    case .tuple:
      for child in mirror.children { visit(child.value, "\(field).\(child.label ?? "")") }
    default:
      if value is Bool { note(field, "\(value)", of: ["true", "false"]) }
    }
  }

  private mutating func note(_ field: String, _ form: String, of all: Set<String>) {
    met[field, default: []].insert(form)
    possible[field, default: []].formUnion(all)
  }

  private static func cases<Value: CaseIterable>(of value: Value) -> Set<String> {
    Set(Value.allCases.map { "\($0)" })
  }
}
