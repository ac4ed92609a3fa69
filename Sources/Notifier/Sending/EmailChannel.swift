import Curl

/// E-mail over SMTP.
///
/// SMTP servers do not de-duplicate by Message-ID: a message whose outcome is unknown may arrive twice if it is sent
/// again.
package final class EmailChannel {
  private let client: SMTPClient
  private var utf8: SMTPUTF8Check

  package init(_ configuration: SMTPClient.Configuration) throws {
    client = try SMTPClient(configuration)
    utf8 = SMTPUTF8Check(configuration)
  }

  static let smtpUTF8NotOffered = SendReason(
    "smtputf8-not-offered", "the address has other letters than ASCII, which the server does not take")

  package func close() { client.close() }

  package func send(_ message: MailMessage) throws -> SendOutcome {
    let bytes: [UInt8]
    do {
      bytes = try message.encoded()
    } catch {
      return .failed(SendReason("message-unsafe", error.description))
    }
    if message.to.needsSMTPUTF8, let objection = try utf8.objection() { return objection }
    switch try client.send(from: message.from.address, to: message.to.address, message: bytes) {
    case .accepted: return .sent
    case .refused(let reply):
      let status = reply.enhancedStatus.map { "-" + $0 } ?? ""
      return .failed(SendReason("smtp-\(reply.code)\(status)", "the server refused the message"))
    case .tryLater(let failure): return .retryLater(SendReason("smtp-try-later", failure.description))
    case .unknown(let failure): return .unknown(SendReason("smtp-no-answer", failure.description))
    }
  }
}
