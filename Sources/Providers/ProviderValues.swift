import JSON

/// How one provider is reached, and as whom: what an operator says beside the document.
package struct ProviderAccount: Sendable, CustomStringConvertible {
  package var url: String
  package var from: String?
  package var user: String?
  package var password: String?
  package var authorization: String?
  package var account: String?
  package var callbackURL: String?

  package init(
    url: String, from: String? = nil, user: String? = nil, password: String? = nil, authorization: String? = nil,
    account: String? = nil, callbackURL: String? = nil
  ) {
    self.url = url
    self.from = from
    self.user = user
    self.password = password
    self.authorization = authorization
    self.account = account
    self.callbackURL = callbackURL
  }

  /// Never its secrets.
  package var description: String { "the provider's account" }

  package func has(_ field: ProviderField) -> Bool {
    switch field {
    case .user: user != nil
    case .password: password != nil
    case .authorization: authorization != nil
    case .account: account != nil || user != nil
    case .from: from != nil
    case .callbackUrl, .callbackUrlWithId: callbackURL != nil
    case .url, .to, .text, .template, .parameters, .id, .encoding: true
    }
  }
}

/// One message for a provider.
package struct ProviderMessage: Sendable {
  /// E.164, `+84901234567`.
  package var to: String
  package var content: Content
  package var id: String

  package enum Content: Sendable {
    case text(String, isUCS2: Bool)
    /// The id of a template that the provider has, and what stands in its parameters.
    case template(String, parameters: [Parameter])
  }

  package struct Parameter: Equatable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(to: String, text: String, isUCS2: Bool, id: String) {
    self.init(to: to, .text(text, isUCS2: isUCS2), id: id)
  }

  package init(to: String, _ content: Content, id: String) {
    self.to = to
    self.content = content
    self.id = id
  }
}

/// The values of a document's fields for one message.
struct ProviderValues {
  let document: ProviderDocument
  let account: ProviderAccount
  let message: ProviderMessage

  subscript(field: ProviderField) -> String? {
    switch field {
    case .url: account.url
    case .to: document.numbers.written(message.to)
    case .from: account.from
    case .text: if case .text(let text, _) = message.content { text } else { nil }
    case .template: if case .template(let id, _) = message.content { id } else { nil }
    // No text: they stand in JSON as an object.
    case .parameters: nil
    case .id: message.id
    case .encoding: encoding
    case .callbackUrl: account.callbackURL
    case .callbackUrlWithId: callbackURLWithId
    case .user: account.user
    case .password: account.password
    case .authorization: account.authorization
    case .account: account.account ?? account.user
    }
  }

  /// As JSON has them; nil: the message has none.
  var parameters: JSONValue? {
    guard case .template(_, let parameters) = message.content else { return nil }
    return .object(parameters.map { .init($0.name, .string($0.value)) })
  }

  private var encoding: String? {
    guard case .text(_, let isUCS2) = message.content else { return nil }
    return isUCS2 ? document.encodings?.ucs2 : document.encodings?.gsm7
  }

  private var callbackURLWithId: String? {
    account.callbackURL.map { "\($0)\($0.contains("?") ? "&" : "?")id=\(PercentEncoding.encoded(message.id))" }
  }
}

/// How a provider wants numbers written.
package enum NumberForm: Equatable, Sendable {
  /// `+84901234567`.
  case e164
  /// `84901234567`.
  case digits
  /// Those of this country code as they are dialled there, `0901234567`; others as digits.
  case national(String)

  package func written(_ number: String) -> String {
    let digits = number.hasPrefix("+") ? String(number.dropFirst()) : number
    switch self {
    case .e164: return "+" + digits
    case .digits: return digits
    case .national(let country):
      return digits.hasPrefix(country) ? "0" + digits.dropFirst(country.count) : digits
    }
  }
}

/// RFC 3986 §2.1: everything but the unreserved characters is escaped.
package enum PercentEncoding {
  package static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
