import JSON

/// What is wrong with a provider's document, every problem at once, each with its JSON path.
package struct ProviderRefused: Error, Equatable {
  package let problems: [Problem]

  package struct Problem: Equatable, Sendable {
    package let path: String
    /// Worded to follow the path, with what to do.
    package let text: String

    package init(_ path: String, _ text: String) {
      self.path = path
      self.text = text
    }
  }
}

extension ProviderDocument {
  /// A longer document is none.
  package static let bytesMax = 65_536

  /// Reads a document strictly: a field that nobody knows is a problem, for whoever wrote it relies on it.
  package init(parsing bytes: [UInt8]) throws(ProviderRefused) {
    guard bytes.count <= Self.bytesMax else {
      throw ProviderRefused(problems: [.init("$", "has more than \(Self.bytesMax) bytes; shorten it")])
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw ProviderRefused(problems: [.init(error.path, "is not JSON: \(error.message) at byte \(error.offset)")])
    }
    let problems = ProviderProblems()
    let document = Self.read(JSONNode(value), problems)
    guard let document, problems.found.isEmpty else { throw ProviderRefused(problems: problems.found) }
    self = document
  }

  private static let known: Set<String> = [
    "name", "title", "source", "note", "url", "defaultUrl", "method", "headers", "query", "authentication", "body",
    "numbers", "encodings", "idempotency", "success", "messageId", "code", "codes", "statuses", "quotaEnds",
    "callback",
  ]

  private static func read(_ root: JSONNode, _ problems: ProviderProblems) -> ProviderDocument? {
    guard let fields = ProviderFields(root, problems, known: known) else { return nil }
    let answers = ProviderAnswerReader(fields: fields)
    let code = fields.place("code")
    let codes = answers.codes("codes", isKey: { plain($0) != nil })
    let statuses = answers.codes("statuses", isKey: isStatus)
    if code == nil, fields.node["codes"] != nil {
      problems.add("$.codes", "needs the field code, which says where the answer has it")
    }
    let quotaEnd = answers.quotaEnd()
    if quotaEnd == nil, (Array(codes.values) + Array(statuses.values)).contains(.quota) {
      problems.add("$.quotaEnds", "is missing; say when what is refused as quota may be tried again")
    }
    let requests = ProviderRequestReader(fields: fields)
    let isPost = requests.isPost()
    let (name, url) = (fields.text("name", isRequired: true), fields.template("url"))
    guard let name, let url else { return nil }
    let document = ProviderDocument(
      name: name, title: fields.text("title", isRequired: false) ?? name, sources: fields.texts("source"), url: url,
      defaultURL: fields.text("defaultUrl", isRequired: false), isPost: isPost,
      headers: fields.parameters("headers"), query: fields.parameters("query"),
      authentication: requests.authentication(), body: requests.body(isPost: isPost), numbers: requests.numbers(),
      encodings: requests.encodings(), idempotency: requests.idempotency(), success: answers.success(),
      messageId: fields.place("messageId"), code: code, codes: codes,
      statuses: Dictionary(uniqueKeysWithValues: statuses.compactMap { key, value in Int(key).map { ($0, value) } }),
      quotaEnd: quotaEnd, callback: answers.callback())
    document.check(problems)
    return document
  }

  private static func isStatus(_ text: String) -> Bool {
    Int(text).map { (100..<600).contains($0) && "\($0)" == text } ?? false
  }

  /// What only shows when the fields stand beside each other.
  private func check(_ problems: ProviderProblems) {
    if ProviderDocument.plain(name) != name || name.contains("/") {
      problems.add("$.name", "must be of letters, digits, - and _, such as my-gateway")
    }
    if !url.isLed(by: .url) { problems.add("$.url", "must begin with {{url}}, and have it there alone") }
    if let defaultURL, !defaultURL.hasPrefix("https://") {
      problems.add("$.defaultUrl", "must begin with https://; where another is meant say --sms-url")
    }
    let used = templates.reduce(into: Set<ProviderField>()) { $0.formUnion($1.template.fields) }
    let content: [ProviderField] = used.contains(.template) || takesTemplates ? [.template] : [.text]
    for field in [ProviderField.to] + content where !used.contains(field) {
      problems.add("$", "never writes {{\(field.rawValue)}}, without which no message goes out")
    }
    if used.contains(.template), !takesTemplates {
      problems.add("$.body", "never writes \"{{parameters}}\" in its json, without which a template says nothing")
    }
    if used.contains(.text), used.contains(.template) || takesTemplates {
      problems.add("$", "writes {{text}} beside {{template}} and {{parameters}}; a provider takes one or the other")
    }
    if used.contains(.encoding), encodings == nil {
      problems.add("$.encodings", "is missing; say what {{encoding}} is for gsm-7 and for ucs-2")
    }
    for (place, template) in templates { check(template, place, problems) }
    if idempotency == .field, !templates.contains(where: { $0.place == .body && $0.template.fields.contains(.id) }) {
      problems.add("$.idempotency", "is field, but the body has {{id}} nowhere; put it where the provider looks for it")
    }
  }

  private func check(_ template: ProviderTemplate, _ place: Place, _ problems: ProviderProblems) {
    if place != .url, template.fields.contains(.url) {
      problems.add("$.\(place)", "writes {{url}}, which belongs to the field url alone")
    }
    if template.fields.contains(.parameters) {
      problems.add(
        "$.\(place)", "writes {{parameters}}, which is an object: let it be the whole value of a member of json")
    }
    if place == .headers {
      if template.fields.contains(.text) {
        problems.add("$.headers", "writes {{text}}; a header holds no line ends and no letters beyond ASCII")
      }
      if template.plainText.unicodeScalars.contains(where: { !(0x20...0x7E).contains($0.value) }) {
        problems.add("$.headers", "must be of ASCII without control characters")
      }
    }
    guard let secret = template.fields.first(where: \.isSecret) else { return }
    let allowed: Place? =
      switch authentication.kind {
      case .headers: .headers
      case .body: .body
      case .query: .url
      case .none, .basic, .bearer: nil
      }
    if place != allowed {
      problems.add(
        "$.\(place)",
        "writes {{\(secret.rawValue)}}, which authentication.kind \(authentication.kind.rawValue) keeps out of it; "
          + "use headers or body, and query only where the provider knows nothing else")
    }
  }
}

/// Collects what is wrong, so that an author sees all of it at once.
final class ProviderProblems {
  private(set) var found: [ProviderRefused.Problem] = []
  private static let foundMax = 50

  func add(_ path: String, _ text: String) {
    let problem = ProviderRefused.Problem(path, text)
    if found.count < Self.foundMax, !found.contains(problem) { found.append(problem) }
  }
}
