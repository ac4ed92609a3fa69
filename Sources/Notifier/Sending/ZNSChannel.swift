import Curl
import Foundation
import Messages
import Providers

/// Messages by templates that Zalo has, through its HTTP interface, as its document says.
package final class ZNSChannel {
  private let gateway: ZNSGateway
  private let exchange: ProviderExchange

  static let withoutToken = "zns-token-missing"
  /// Of the access token with white space around it.
  private static let tokenBytesMax = 8_192

  /// - Parameter nowMs: the machine's clock, by which quotas end.
  package init(_ gateway: ZNSGateway, _ options: TransferOptions, nowMs: @escaping () -> Int64) throws {
    self.gateway = gateway
    exchange = try ProviderExchange(gateway.document, options, nowMs: nowMs)
  }

  package func close() { exchange.close() }

  package func send(_ message: ZNSMessage) throws -> SendOutcome {
    guard let token = token() else {
      let reason = SendReason(Self.withoutToken, "the file of --zns-token-file holds no access token")
      return .channelRefused(reason, isCertain: true)
    }
    let parameters = message.template.parameters.map { ProviderMessage.Parameter($0.name, $0.value) }
    // What Zalo calls the message by when it reports on it.
    let id = message.token.flatMap { $0.utf8.count <= ZNSMessage.idBytesMax ? $0 : nil } ?? message.notificationId
    return try exchange.send(
      ProviderMessage(to: message.to, .template(message.template.templateId, parameters: parameters), id: id),
      as: ProviderAccount(url: gateway.url, password: token))
  }

  /// As the file has it now: access tokens end after a day, and whoever renews them writes it there.
  private func token() -> String? {
    guard let file = FileHandle(forReadingAtPath: gateway.tokenFile) else { return nil }
    defer { try? file.close() }
    guard let bytes = try? file.read(upToCount: Self.tokenBytesMax), let text = String(bytes: bytes, encoding: .utf8)
    else { return nil }
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    let isPlain = token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    return isPlain && !token.isEmpty ? token : nil
  }
}

/// How Zalo is reached, and where its access token lies.
package struct ZNSGateway: Sendable {
  package let document: ProviderDocument
  package let url: String
  package let tokenFile: String
  /// Which messages go by it.
  package let templates: ProviderTemplates

  package init(_ document: ProviderDocument, url: String, tokenFile: String, templates: ProviderTemplates) {
    self.document = document
    self.url = url
    self.tokenFile = tokenFile
    self.templates = templates
  }
}

package struct ZNSMessage: Equatable, Sendable {
  /// E.164, `+84901234567`.
  package var to: String
  package var template: TemplateMessage
  package var notificationId: String
  /// What reports on it will name it by; nil where none are taken.
  package var token: String?

  /// Of `tracking_id`.
  static let idBytesMax = 48

  package init(to: String, template: TemplateMessage, notificationId: String) {
    self.to = to
    self.template = template
    self.notificationId = notificationId
  }
}
