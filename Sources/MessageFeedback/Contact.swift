import Contracts
import Foundation

/// An address or a number in the one spelling that all its spellings share, so that it has one digest.
package struct Contact: Equatable, Sendable {
  package let channel: Consent.Channel
  /// With its kind before it, which keeps them apart.
  let text: String

  /// A domain in letters beyond ASCII is the same as its A-labels, and case does not count; a provider that knows
  /// `Lan@` from `lan@` is not known.
  package init?(email address: String) {
    guard let plain = EmailAddress.normalised(address, .anyCase) ?? Self.ofOneLabel(address) else { return nil }
    channel = .email
    text = "email:\(plain)"
  }

  /// A host of one's own network, `root@mailhub`, which mail goes to as well.
  private static func ofOneLabel(_ address: String) -> String? {
    EmailAddress.isAddress(address + ".local") ? address.lowercased() : nil
  }

  /// Numbers from before 2018 are what they became.
  package init?(phone number: String) {
    guard let plain = PhoneNumber.normalised(number) else { return nil }
    channel = .sms
    text = "phone:\(plain)"
  }

  /// A device, by the token that Firebase gave its app.
  package init?(deviceToken token: String) {
    guard MemberDevice.isToken(token) else { return nil }
    channel = .push
    text = "device:\(token)"
  }

  private static let devicePrefix = "device:"

  /// As an operator writes it: what holds an @ is an address, and what begins with `device:` a device's token.
  package init?(_ written: String) {
    let trimmed = written.trimmingCharacters(in: .whitespaces)
    if trimmed.hasPrefix(Self.devicePrefix) {
      self.init(deviceToken: String(trimmed.dropFirst(Self.devicePrefix.count)))
      return
    }
    if trimmed.contains("@") { self.init(email: trimmed) } else { self.init(phone: trimmed) }
  }
}
