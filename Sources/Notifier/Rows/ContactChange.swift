import Contracts
import Loyalty

/// That messages to a member go elsewhere from now on: whoever reads what the contact was is told, for it may have been
/// changed by somebody else.
struct ContactChange: Equatable {
  let contact: News.Contact
  /// What the profile said before.
  let former: String

  var channel: Consent.Channel {
    switch contact {
    case .email: .email
    case .phone: .sms
    }
  }

  /// Contacts that a profile had and has no more. Another spelling of the same mailbox is none.
  static func changes(from old: MemberProfile, to new: MemberProfile) -> [ContactChange] {
    var changes: [ContactChange] = []
    if let former = old.email, mailbox(former) != new.email.map(mailbox) {
      changes.append(ContactChange(contact: .email, former: former))
    }
    if let former = old.phone, former != new.phone { changes.append(ContactChange(contact: .phone, former: former)) }
    return changes
  }

  private static func mailbox(_ address: String) -> String { EmailAddress.normalised(address, .anyCase) ?? address }
}
