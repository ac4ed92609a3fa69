import Contracts
import Curl
import MessageFeedback
import Providers

/// SMS through a provider's HTTP interface, as its document says.
package final class SMSChannel {
  private let gateway: SMSGateway
  private let client: HTTPClient
  private let nowMs: () -> Int64

  /// - Parameter nowMs: the machine's clock, by which quotas end.
  package init(_ gateway: SMSGateway, _ options: TransferOptions, nowMs: @escaping () -> Int64) throws {
    self.gateway = gateway
    self.nowMs = nowMs
    client = try HTTPClient(options)
  }

  package func close() { client.close() }

  package func send(_ message: SMSMessage) throws -> SendOutcome {
    let request = gateway.document.request(
      ProviderMessage(
        to: message.to, text: message.text, isUCS2: message.encoding == .ucs2, id: message.notificationId),
      as: account(of: message))
    let outcome = try client.send(
      HTTPRequest(
        request.isPost ? .post : .get, request.url, headers: request.headers, body: request.body,
        isIdempotent: request.isIdempotent))
    return switch outcome {
    case .answered(let response): judge(response)
    case .notSent(let failure):
      .channelRefused(SendReason("gateway-unreachable", failure.description), isCertain: true)
    case .cancelled: .notAttempted
    case .unknown(let failure): .unknown(SendReason("gateway-no-answer", failure.description))
    }
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

  private func judge(_ response: HTTPResponse) -> SendOutcome {
    switch gateway.document.verdict(status: response.status, body: response.body) {
    case .taken(let messageId): return messageId.map { SendOutcome.sentAs($0) } ?? .sent
    case .unclear:
      return .unknown(
        SendReason("gateway-unclear", "the gateway answered \(response.status) and nothing that its document knows"))
    case .refused(let meaning, let code): return refusal(response, meaning, code)
    }
  }

  private func refusal(_ response: HTTPResponse, _ meaning: AnswerMeaning?, _ code: String?) -> SendOutcome {
    let status = response.status
    let reason = SendReason(
      code.map { "\(gateway.document.name)-\($0)" } ?? "gateway-\(status)",
      "the gateway answered \(status)\(code.map { " with the code \($0)" } ?? "")",
      retryAfterMs: response.retryAfterMs)
    switch meaning {
    case .retry?: return .retryLater(reason)
    case .address?, .message?: return .failed(reason)
    case .account?: return .channelRefused(reason, isCertain: true)
    case .policy?: return .channelRefused(reason, isCertain: false)
    case .quota?:
      guard let end = gateway.document.quotaEnd else { return .channelRefused(reason, isCertain: false) }
      return .quotaReached(reason, untilMs: end.ms(nowMs: nowMs()))
    case nil:
      // What stands behind the gateway may have had the message.
      if status == 502 || status == 504 { return .unknown(reason) }
      return switch RefusalSubject(gatewayStatus: status) {
      case .passing: .retryLater(reason)
      case .address, .message: .failed(reason)
      case .account: .channelRefused(reason, isCertain: true)
      case .policy: .channelRefused(reason, isCertain: false)
      }
    }
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
