import Curl
import Messages

/// E-mail over SMTP.
///
/// SMTP servers do not de-duplicate by Message-ID: a message whose outcome is unknown may arrive twice if it is sent
/// again.
package final class EmailChannel {
  private let client: SMTPClient

  package init(_ configuration: SMTPClient.Configuration) throws {
    client = try SMTPClient(configuration)
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
    // Only where bounces have a place of their own are they asked for.
    let returnPath = message.feedback?.returnPath
    let envelopeId = returnPath == nil ? nil : message.feedback?.token
    switch try client.send(
      from: returnPath ?? message.from.address, to: message.to.address, message: bytes, envelopeId: envelopeId)
    {
    case .accepted: return .sent
    case .refused(let reply, let phase): return judge(reply, phase)
    case .lost(let failure, let phase):
      // So far nothing was about this message.
      guard phase.isBeforeMail else {
        return .retryLater(SendReason("smtp-lost-\(phase.rawValue)", failure.description))
      }
      return .channelRefused(SendReason("smtp-unreachable", failure.description), isCertain: true)
    case .cancelled: return .notAttempted
    case .unknown(let failure): return .unknown(SendReason("smtp-no-answer", failure.description))
    case .needsSMTPUTF8: return .suppressed(Self.smtpUTF8NotOffered)
    }
  }

  /// "Service not available", "local error in processing", "unable to accommodate parameters" (RFC 5321 §4.2.3): since
  /// a recipient is named, they speak of where its mail goes.
  private static func asksForPatience(_ reply: SMTPReply, _ phase: SMTPPhase) -> Bool {
    [421, 451, 454].contains(reply.code) && !phase.isBeforeMail && phase != .mail
  }

  private func judge(_ reply: SMTPReply, _ phase: SMTPPhase) -> SendOutcome {
    let status = reply.enhancedStatus.map { "-" + $0 } ?? ""
    let reason = SendReason(
      "smtp-\(reply.code)\(status)", "the server answered \(reply) to \(phase.rawValue)",
      holdsDomain: Self.asksForPatience(reply, phase))
    return switch RefusalSubject(reply, at: phase) {
    case .passing: .retryLater(reason)
    case .address, .message: .failed(reason)
    case .account: .channelRefused(reason, isCertain: true)
    case .policy: .channelRefused(reason, isCertain: false)
    }
  }
}
