/// What stands behind the `?`, decoded: `+` is a space, a name may come more than once, a name alone has the value "".
package struct QueryParameters: Sendable {
  package let pairs: [(name: String, value: String)]
  /// As it was sent.
  package let text: String

  /// Nil when a name or value cannot be decoded.
  init?(_ text: Substring) {
    var pairs: [(name: String, value: String)] = []
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentCoding.decode(parts[0], plusIsSpace: true),
        let value = PercentCoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
      else { return nil }
      pairs.append((name: name, value: value))
    }
    self.pairs = pairs
    self.text = String(text)
  }

  /// The same of a body of the type `application/x-www-form-urlencoded`; nil where it cannot be read.
  package init?(form body: [UInt8]) {
    guard let text = String(validating: body, as: UTF8.self) else { return nil }
    self.init(Substring(text))
  }

  /// The first value of this name.
  package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  package func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
}
