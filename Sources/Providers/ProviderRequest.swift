import Foundation
import JSON

/// One message as its provider takes it.
package struct ProviderRequest: Sendable {
  package let isPost: Bool
  package let url: String
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]
  /// The provider does it once, however often it arrives.
  package let isIdempotent: Bool
}

extension ProviderDocument {
  package func request(_ message: ProviderMessage, as account: ProviderAccount) -> ProviderRequest {
    let values = ProviderValues(document: self, account: account, message: message)
    let (contentType, bytes) = content(values)
    var written = headers.compactMap { header in
      header.value.filled(values) { _, value in value }.map { (name: header.name, value: $0) }
    }
    if let login = login(account) { written.append(("Authorization", login)) }
    if let contentType, !written.contains(where: { $0.name.lowercased() == "content-type" }) {
      written.insert(("Content-Type", contentType), at: 0)
    }
    if case .header(let name) = idempotency { written.append((name, message.id)) }
    return ProviderRequest(
      isPost: isPost, url: address(values), headers: written, body: bytes, isIdempotent: deduplicates)
  }

  private func address(_ values: ProviderValues) -> String {
    let address = url.filled(values) { $0 == .url ? $1 : PercentEncoding.encoded($1) } ?? values.account.url
    let pairs = Self.pairs(query, values)
    return pairs.isEmpty ? address : address + (address.contains("?") ? "&" : "?") + pairs
  }

  private func content(_ values: ProviderValues) -> (type: String?, bytes: [UInt8]) {
    switch body {
    case .none: return (nil, [])
    case .json(let tree):
      var writer = JSONWriter()
      (tree.filled(values) ?? .null).write(to: &writer)
      return ("application/json", writer.bytes)
    case .form(let parameters):
      return ("application/x-www-form-urlencoded", Array(Self.pairs(parameters, values).utf8))
    case .text(let template):
      return ("text/plain; charset=UTF-8", Array((template.filled(values) { _, value in value } ?? "").utf8))
    }
  }

  private static func pairs(_ parameters: [Parameter], _ values: ProviderValues) -> String {
    parameters.compactMap { parameter in
      parameter.value.filled(values) { _, value in value }.map {
        "\(PercentEncoding.encoded(parameter.name))=\(PercentEncoding.encoded($0))"
      }
    }.joined(separator: "&")
  }

  private func login(_ account: ProviderAccount) -> String? {
    switch authentication.kind {
    case .basic:
      guard let user = account.user, let password = account.password else { return nil }
      return "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    case .bearer: return account.password.map { "Bearer " + $0 }
    case .none, .headers, .body, .query: return nil
    }
  }
}
