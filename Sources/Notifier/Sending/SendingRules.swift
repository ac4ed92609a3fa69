import Contracts
import Loyalty

/// When and how often messages of one class may go by one channel, and for how long they are tried: the programme's
/// word, else what is usual.
package struct SendingRules: Equatable, Sendable {
  package var quiet: QuietHours
  /// Messages a day and member; nil: any number.
  package var perDayMax: Int?
  /// From when there is something to tell until it is given up.
  package var validMs: Int64

  package init(quiet: QuietHours = .none, perDayMax: Int? = nil, validMs: Int64) {
    self.quiet = quiet
    self.perDayMax = perDayMax
    self.validMs = validMs
  }

  /// - Parameter serviceSMSQuiet: of service messages by SMS where the programme says nothing.
  package init(
    _ policy: MessagePolicy, _ messageClass: MessageClass, by channel: Consent.Channel, serviceSMSQuiet: QuietHours
  ) {
    let rules = policy.rules(of: messageClass)
    let usual = Self.usual(messageClass, channel, serviceSMSQuiet)
    let said =
      switch channel {
      case .email: rules.email
      case .sms: rules.sms
      case .push: rules.push
      }
    quiet = said.quiet ?? usual.quiet
    perDayMax = said.perDay ?? usual.perDayMax
    validMs = rules.validHours.map { Int64($0) * Instant.hourMs } ?? usual.validMs
  }

  private static func usual(
    _ messageClass: MessageClass, _ channel: Consent.Channel, _ serviceSMSQuiet: QuietHours
  ) -> SendingRules {
    switch (messageClass, channel) {
    case (.security, _): SendingRules(validMs: Instant.hourMs)
    // RFC 5321 §4.5.4.1: "the give-up time generally needs to be at least 4-5 days".
    case (.service, .email), (.service, .push): SendingRules(validMs: 4 * Instant.dayMs)
    case (.service, .sms): SendingRules(quiet: serviceSMSQuiet, validMs: 4 * Instant.dayMs)
    // Viet Nam's Decree 91/2020, article 13: one e-mail and three SMS in 24 hours, SMS from 7 to 22 o'clock.
    case (.marketing, .email): SendingRules(perDayMax: 1, validMs: Instant.dayMs)
    // It names no apps, which ring as a phone does.
    case (.marketing, .push):
      SendingRules(quiet: QuietHours(from: 22 * 60, to: 7 * 60), perDayMax: 1, validMs: Instant.dayMs)
    case (.marketing, .sms):
      SendingRules(quiet: QuietHours(from: 22 * 60, to: 7 * 60), perDayMax: 3, validMs: Instant.dayMs)
    }
  }
}

extension MessagePolicy {
  fileprivate func rules(of messageClass: MessageClass) -> ClassRules {
    switch messageClass {
    case .security: security
    case .service: service
    case .marketing: marketing
    }
  }
}
