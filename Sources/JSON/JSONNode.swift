/// A value together with its place in the document, for readers that name every error by its JSON path. A member that
/// is null is as one that is left out.
package struct JSONNode: Sendable {
  package let value: JSONValue
  /// Such as `$.earning[0].per`.
  package let path: String

  package init(_ value: JSONValue, path: String = "$") {
    self.value = value
    self.path = path
  }

  /// The node of a key; nil where there is none or this is not an object.
  package subscript(key: String) -> JSONNode? {
    value[key].flatMap { $0 == .null ? nil : JSONNode($0, path: path + "." + key) }
  }

  /// The members in the document's order; nil where this is not an object.
  package var members: [(key: String, node: JSONNode)]? {
    value.members?.filter { $0.value != .null }.map { ($0.key, JSONNode($0.value, path: path + "." + $0.key)) }
  }

  /// The elements; nil where this is not an array.
  package var elements: [JSONNode]? {
    value.elements?.enumerated().map { JSONNode($0.element, path: "\(path)[\($0.offset)]") }
  }

  package var string: String? { value.string }
  package var number: String? { value.number }
  package var integer: Int64? { value.integer }
  package var bool: Bool? { value.bool }

  /// What the value is, in words for an error text.
  package var kind: String {
    switch value {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .bool: "true or false"
    case .null: "null"
    }
  }
}
