import Curl
import Providers

/// One message after the other to a provider by HTTP, as its document says, and what its answers mean.
final class ProviderExchange {
  private let document: ProviderDocument
  private let client: HTTPClient
  private let nowMs: () -> Int64

  /// - Parameter nowMs: the machine's clock, by which quotas end.
  init(_ document: ProviderDocument, _ options: TransferOptions, nowMs: @escaping () -> Int64) throws {
    self.document = document
    self.nowMs = nowMs
    client = try HTTPClient(options)
  }

  func close() { client.close() }

  func send(_ message: ProviderMessage, as account: ProviderAccount) throws -> SendOutcome {
    let request = document.request(message, as: account)
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

  private func judge(_ response: HTTPResponse) -> SendOutcome {
    switch document.verdict(status: response.status, body: response.body) {
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
      code.map { document.reason($0) } ?? "gateway-\(status)",
      "the gateway answered \(status)\(code.map { " with the code \($0)" } ?? "")",
      retryAfterMs: response.retryAfterMs)
    switch meaning {
    case .retry?: return .retryLater(reason)
    case .address?, .message?: return .failed(reason)
    case .account?: return .channelRefused(reason, isCertain: true)
    case .policy?: return .channelRefused(reason, isCertain: false)
    case .quota?:
      guard let end = document.quotaEnd else { return .channelRefused(reason, isCertain: false) }
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

extension ProviderDocument {
  /// `esms-103`; of a code below zero `zalo-zns-118`.
  fileprivate func reason(_ code: String) -> String { code.hasPrefix("-") ? name + code : "\(name)-\(code)" }
}
