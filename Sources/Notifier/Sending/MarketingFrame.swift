import Contracts
import Loyalty
import Messages

/// What marketing says beside its news: that it is advertising, first, and how to have no more of it, last. Viet Nam's
/// Decree 91/2020 (articles 14 to 16) asks for both, and most countries for the latter.
package struct MarketingFrame: Equatable, Sendable {
  /// What to do on the phone, such as `TC gửi 8066`.
  package var smsOptOut: String?

  package static let noOptOut = "no-opt-out"

  package init(smsOptOut: String? = nil) { self.smsOptOut = smsOptOut }

  /// None goes without.
  func hasOptOut(by channel: Consent.Channel, _ invitation: PreferenceInvitation) -> Bool {
    switch channel {
    case .email: invitation.wayOut != nil
    case .sms: smsOptOut != nil
    // Every phone and browser lets its owner silence an app.
    case .push: true
    }
  }

  /// - Parameter wayOut: out of e-mails; nil: there is none.
  package func frame(_ wording: Wording, _ language: Language, _ policy: MessagePolicy, wayOut: String?) -> Wording {
    let label = policy.label == .none ? "" : language == .vietnamese ? "[QC] " : "[AD] "
    var framed = wayOut.map { wording.showing(wayOut: $0, in: language) } ?? wording
    framed.subject = label + wording.subject
    framed.sms = label + wording.sms
    framed.push.title = label + wording.push.title
    if let smsOptOut { framed.sms += " " + Self.textLine(smsOptOut, language) }
    return framed
  }

  private static func textLine(_ how: String, _ language: Language) -> String {
    language == .vietnamese ? "Từ chối: \(how)" : "Opt out: \(how)"
  }
}
