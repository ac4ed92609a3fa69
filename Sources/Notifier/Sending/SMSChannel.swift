import Contracts
import Curl
import MessageFeedback
import Providers

/// SMS through a provider's HTTP interface, as its document says.
package final class SMSChannel {
  private let gateway: SMSGateway
  private let exchange: ProviderExchange

  /// - Parameter nowMs: the machine's clock, by which quotas end.
  package init(_ gateway: SMSGateway, _ options: TransferOptions, nowMs: @escaping () -> Int64) throws {
    self.gateway = gateway
    exchange = try ProviderExchange(gateway.document, options, nowMs: nowMs)
  }

  package func close() { exchange.close() }

  package func send(_ message: SMSMessage) throws -> SendOutcome {
    try exchange.send(
      ProviderMessage(
        to: message.to, text: message.text, isUCS2: message.encoding == .ucs2, id: message.notificationId),
      as: account(of: message))
  }

  /// Reports on the message come to an address that has its token.
  private func account(of message: SMSMessage) -> ProviderAccount {
    var account = gateway.account
    if let token = message.token {
      account.callbackURL = account.callbackURL.map { url in
        "\(url)\(url.contains("?") ? "&" : "?")\(FeedbackHook.tokenParameter)=\(token)"
      }
    }
    return account
  }
}

/// The provider of SMS, and as whom it is spoken to.
package struct SMSGateway: Sendable {
  package let document: ProviderDocument
  package let account: ProviderAccount

  package init(_ document: ProviderDocument, as account: ProviderAccount) {
    self.document = document
    self.account = account
  }
}
