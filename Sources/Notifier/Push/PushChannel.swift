import Contracts
import Curl
import JSON

/// Messages to apps, through Firebase Cloud Messaging (HTTP v1).
///
/// Firebase does not de-duplicate, but what a device has already is replaced by the same message: the message's id is
/// its tag and collapse key, so that one whose answer was lost may be sent again.
package final class PushChannel {
  private let gateway: PushGateway
  private let client: HTTPClient

  package init(_ gateway: PushGateway, _ options: TransferOptions) throws {
    self.gateway = gateway
    client = try HTTPClient(options)
  }

  package func close() { client.close() }

  package func send(_ message: PushMessage) throws -> SendOutcome {
    var refused: String?
    while true {
      let token: String
      switch gateway.access.token(insteadOf: refused) {
      case .token(let text): token = text
      case .none(let reason): return .channelRefused(reason, isCertain: true)
      case .cancelled: return .notAttempted
      }
      switch try client.send(request(message, token)) {
      // A token may end before its time. A second one that is refused says more.
      case .answered(let response) where response.status == 401 && refused == nil && !Self.isOfPlatform(response):
        refused = token
      case .answered(let response): return FCMAnswer.outcome(response)
      case .notSent(let failure):
        return .channelRefused(SendReason("fcm-unreachable", failure.description), isCertain: true)
      case .cancelled: return .notAttempted
      case .unknown(let failure): return .unknown(SendReason("fcm-no-answer", failure.description))
      }
    }
  }

  /// 401 with a code is about Apple's or a browser's push service, and no other token mends it.
  private static func isOfPlatform(_ response: HTTPResponse) -> Bool {
    if case .channelRefused(_, isCertain: false) = FCMAnswer.outcome(response) { true } else { false }
  }

  private func request(_ message: PushMessage, _ token: String) -> HTTPRequest {
    HTTPRequest(
      .post, "\(gateway.url)/v1/projects/\(gateway.projectId)/messages:send",
      headers: [("Content-Type", "application/json; charset=UTF-8"), ("Authorization", "Bearer \(token)")],
      body: message.body, isIdempotent: true)
  }
}

/// The Firebase project that messages go through, and how it is reached.
package struct PushGateway: Sendable {
  /// Without a `/` at its end.
  package let url: String
  package let projectId: String
  /// Of all sender threads.
  package let access: FCMAccess

  package init(url: String, projectId: String, access: FCMAccess) {
    self.url = url
    self.projectId = projectId
    self.access = access
  }
}
