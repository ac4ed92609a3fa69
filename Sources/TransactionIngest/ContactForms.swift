import Contracts
import Loyalty
import ServiceDomain

/// Under which digests contacts stand in the index.
///
/// An e-mail stands there once for each rule of ``EmailMatching``: which spellings are one mailbox is a programme's
/// choice, and programmes side by side share the index. So a purchase is looked up by the rule of its own programmes,
/// and a programme may change its rule without any profile being read again.
struct ContactForms {
  private let digester: ContactDigester

  init(secret: String) { digester = ContactDigester(secret: secret) }

  /// Tells an index that was made under another secret, or by a release that made other digests.
  var check: ContactDigest { digester.check }

  func all(of profile: MemberProfile) -> [ContactDigest] {
    var digests = profile.cards.map { digester.digest("card", $0) }
    if let phone = profile.phone.flatMap({ PhoneNumber.normalised($0) }) {
      digests.append(digester.digest(ofPhone: phone))
    }
    if let email = profile.email {
      digests += EmailMatching.allCases.compactMap { digest(email, $0) }
      // Where the last release, which may run beside this one, looks for an event of the same spelling.
      digests += EmailMatching.allCases.compactMap { formerDigest(of: .email(email), $0) }
    }
    return digests
  }

  /// The contact by which an event names its member; nil where it names an id, or nobody.
  func digest(of member: MemberReference, _ matching: @autoclosure () -> EmailMatching) -> ContactDigest? {
    switch member {
    case .id, .nobody: nil
    case .card(let card): digester.digest("card", card)
    case .phone(let phone): digester.digest(ofPhone: phone)
    case .email(let email): digest(email, matching())
    }
  }

  /// Where release 0.1.0 keeps an e-mail of the same spelling; nil where that is its present digest.
  func formerDigest(of member: MemberReference, _ matching: @autoclosure () -> EmailMatching) -> ContactDigest? {
    guard case .email(let email) = member else { return nil }
    let matching = matching()
    let spelt = EmailAddress.asSpelt(email, matching)
    guard let spelt, let normal = EmailAddress.normalised(email, matching), !spelt.utf8.elementsEqual(normal.utf8)
    else {
      return nil
    }
    return digester.digest("email " + matching.rawValue, spelt)
  }

  /// What stands for the member where an event is compared with an earlier one of its id: for e-mails by the loosest
  /// rule, so that a retry stays one when its programme has changed the rule meanwhile, and as they are spelt, which a
  /// retry does not change. `contact` is what the event is looked up by.
  func identity(of member: MemberReference, lookedUpBy contact: ContactDigest?) -> ContactDigest? {
    guard case .email(let email) = member else { return contact }
    return EmailAddress.asSpelt(email, .anyCaseAndDots).map {
      digester.digest("email " + EmailMatching.anyCaseAndDots.rawValue, $0)
    }
  }

  private func digest(_ email: String, _ matching: EmailMatching) -> ContactDigest? {
    EmailAddress.normalised(email, matching).map { digester.digest("email " + matching.rawValue, $0) }
  }
}
