import Curl
import JSON
import MessageFeedback
import Messages

/// SMS through a gateway's HTTP interface.
package final class SMSChannel {
  private let gateway: Gateway
  private let client: HTTPClient

  /// What the gateway expects.
  package enum Gateway: Sendable {
    /// `POST url` with `{"id","to","from","text"}`, `Authorization` and `Idempotency-Key`.
    case json(url: String, authorization: String?, from: String?)
    /// Kannel's `GET /cgi-bin/sendsms`; it knows no idempotency key.
    case kannel(url: String, user: String, password: String, from: String?)

    /// Whether a message sent twice under one id goes out once.
    package var deduplicates: Bool {
      switch self {
      case .json: true
      case .kannel: false
      }
    }
  }

  package init(_ gateway: Gateway, _ options: TransferOptions) throws {
    self.gateway = gateway
    client = try HTTPClient(options)
  }

  package func close() { client.close() }

  package func send(_ message: SMSMessage) throws -> SendOutcome {
    switch try client.send(request(message)) {
    case .answered(let response): judge(response.status)
    case .notSent(let failure):
      .channelRefused(SendReason("gateway-unreachable", failure.description), isCertain: true)
    case .cancelled: .notAttempted
    case .unknown(let failure): .unknown(SendReason("gateway-no-answer", failure.description))
    }
  }

  private func request(_ message: SMSMessage) -> HTTPRequest {
    switch gateway {
    case .json(let url, let authorization, let from):
      var headers = [(name: "Content-Type", value: "application/json")]
      if let authorization { headers.append(("Authorization", authorization)) }
      var writer = JSONWriter()
      writer.beginObject()
      writer.field("id", message.notificationId)
      writer.field("to", message.to)
      writer.field("from", from)
      writer.field("text", message.text)
      writer.endObject()
      return HTTPRequest(
        .post, url, headers: headers, body: writer.bytes, idempotencyKey: MailMessage.atom(message.notificationId))
    case .kannel(let url, let user, let password, let from):
      var fields = [
        ("username", user), ("password", password), ("from", from ?? ""), ("to", message.to), ("text", message.text),
        ("charset", "utf-8"), ("coding", message.encoding == .ucs2 ? "2" : "0"),
      ]
      if let url = message.reportURL {
        fields += [("dlr-mask", "\(FeedbackHook.kannelMask)"), ("dlr-url", url)]
      }
      let query = fields.map { "\($0.0)=\(Self.percentEncoded($0.1))" }.joined(separator: "&")
      return HTTPRequest(.get, "\(url)?\(query)")
    }
  }

  private func judge(_ status: Int) -> SendOutcome {
    let reason = SendReason("gateway-\(status)", "the gateway answered \(status)")
    // What stands behind the gateway may have had the message.
    if status == 502 || status == 504 { return .unknown(reason) }
    if (200..<300).contains(status) { return .sent }
    return switch RefusalSubject(gatewayStatus: status) {
    case .passing: .retryLater(reason)
    case .address, .message: .failed(reason)
    case .account: .channelRefused(reason, isCertain: true)
    case .policy: .channelRefused(reason, isCertain: false)
    }
  }

  private static func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        encoded += "%" + QuotedPrintable.hexadecimal(byte)
      }
    }
    return encoded
  }
}
