import JSON

/// The parts of a document that say how a message is sent.
struct ProviderRequestReader {
  let fields: ProviderFields
  private var problems: ProviderProblems { fields.problems }

  init(fields: ProviderFields) { self.fields = fields }

  private enum Method: String, CaseIterable {
    case get = "GET"
    case post = "POST"
  }

  func isPost() -> Bool {
    guard fields.node["method"] != nil else { return true }
    return fields.word("method", Method.self) != .get
  }

  func authentication() -> ProviderDocument.Authentication {
    let none = ProviderDocument.Authentication(kind: .none, isOptional: true)
    guard fields.node["authentication"] != nil else { return none }
    guard let inner = fields.object("authentication", known: ["kind", "optional"]),
      let kind = inner.word("kind", ProviderDocument.Authentication.Kind.self)
    else { return none }
    let optional = inner.node["optional"]
    if let optional, optional.bool == nil { problems.add(optional.path, "must be true or false") }
    return .init(kind: kind, isOptional: optional?.bool ?? false)
  }

  func body(isPost: Bool) -> ProviderDocument.Body {
    guard let node = fields.node["body"] else { return .none }
    if !isPost { problems.add(node.path, "stands beside method GET, which has none; use query") }
    guard let inner = ProviderFields(node, problems, known: ["json", "form", "text"]) else { return .none }
    guard inner.node.members?.count == 1 else {
      problems.add(node.path, "must be one of json, form and text")
      return .none
    }
    if let tree = inner.node["json"] { return template(tree).map { .json($0) } ?? .none }
    if inner.node["form"] != nil { return .form(inner.parameters("form")) }
    return inner.template("text").map { .text($0) } ?? .none
  }

  private func template(_ node: JSONNode) -> JSONTemplate? {
    if let members = node.members {
      return .object(members.compactMap { key, value in template(value).map { .init(key: key, value: $0) } })
    }
    if let elements = node.elements { return .array(elements.compactMap(template)) }
    guard let text = node.string else { return .literal(node.value) }
    if text == "{{\(ProviderField.parameters.rawValue)}}" { return .parameters }
    return ProviderFields.template(node, problems).map { .text($0) }
  }

  private enum Form: String, CaseIterable { case e164, digits, national }

  func numbers() -> NumberForm {
    guard fields.node["numbers"] != nil else { return .e164 }
    guard let inner = fields.object("numbers", known: ["form", "country"]), let form = inner.word("form", Form.self)
    else { return .e164 }
    switch form {
    case .e164: return .e164
    case .digits: return .digits
    case .national:
      guard let country = inner.text("country", isRequired: true), country.utf8.count <= 3,
        country.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
      else {
        problems.add("\(inner.node.path).country", "must be a country code in digits, such as 84")
        return .e164
      }
      return .national(country)
    }
  }

  func encodings() -> ProviderDocument.Encodings? {
    guard let inner = fields.object("encodings", known: ["gsm-7", "ucs-2"]) else { return nil }
    guard let gsm7 = inner.text("gsm-7", isRequired: true), let ucs2 = inner.text("ucs-2", isRequired: true) else {
      return nil
    }
    return .init(gsm7: gsm7, ucs2: ucs2)
  }

  func idempotency() -> ProviderDocument.Idempotency {
    guard let node = fields.node["idempotency"] else { return .none }
    if node.string == "none" { return .none }
    if node.string == "field" { return .field }
    guard let name = node["header"]?.string, node.members?.count == 1, !name.isEmpty,
      name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") })
    else {
      problems.add(node.path, "must be \"none\", \"field\" or {\"header\": \"NAME\"}")
      return .none
    }
    return .header(name)
  }
}
