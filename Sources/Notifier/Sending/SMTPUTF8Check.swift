import Curl

/// Whether the mail server takes addresses in other letters than ASCII (RFC 6531). It is asked when the first such
/// address comes, over a connection of its own, and again in a while, for servers are changed.
struct SMTPUTF8Check {
  private let configuration: SMTPClient.Configuration
  private var known: (isOffered: Bool, at: ContinuousClock.Instant)?
  private static let believedFor: Duration = .seconds(600)

  init(_ configuration: SMTPClient.Configuration) {
    self.configuration = configuration
  }

  /// nil: it may be sent. Blocks while the server is asked.
  mutating func objection() throws(CurlError) -> SendOutcome? {
    if known.map({ $0.at.duration(to: .now) > Self.believedFor }) ?? true {
      switch try SMTPExtensions.ask(configuration) {
      case .offered(let keywords): known = (keywords.contains("SMTPUTF8"), .now)
      case .unknown(let failure): return .retryLater(SendReason("smtp-try-later", failure.description))
      }
    }
    return known?.isOffered == true ? nil : .suppressed(EmailChannel.smtpUTF8NotOffered)
  }
}
