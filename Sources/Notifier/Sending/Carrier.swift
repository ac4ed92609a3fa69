import Contracts

/// What takes messages to members. Two of them reach the phone that a member agreed to be told by: Zalo by templates
/// that it has approved, where there is one for the message, and SMS for all else. Push reaches the programme's app.
package enum Carrier: String, CaseIterable, Sendable {
  case email, sms
  /// Zalo Notification Service.
  case zns
  /// Firebase Cloud Messaging.
  case push

  /// What members agree to, switch off and are counted by.
  package var channel: Consent.Channel {
    switch self {
    case .email: .email
    case .sms, .zns: .sms
    case .push: .push
    }
  }

  /// The one that takes every message of the channel.
  package init(_ channel: Consent.Channel) {
    switch channel {
    case .email: self = .email
    case .sms: self = .sms
    case .push: self = .push
    }
  }
}
