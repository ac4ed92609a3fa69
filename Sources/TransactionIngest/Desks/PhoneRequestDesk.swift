import Contracts
import ServiceDomain
import StreamRuntime

/// What was said from a phone, as STOP is: asks the index whose the phone is, and says it again of each of them. What
/// is said of a member is the notifier's.
///
/// A family may share a phone, and nobody can tell which of them has spoken: it holds for all.
struct PhoneRequestDesk {
  private let book: IngestBook

  init(_ book: IngestBook) { self.book = book }

  func process(_ request: PreferenceRequest) throws {
    guard case .contact(let text, let check) = request.subject else { return }
    guard check == book.contactForms.check.hexadecimal, let digest = ContactDigest(hexadecimal: text) else {
      throw PoisonRecord(
        code: "other-lookup-secret",
        "what was said from a phone came under another --lookup-secret than this service's: give notifier-web the same, "
          + "then replay this")
    }
    let contact = try book.contacts.get(digest) ?? ContactRow()
    if contact.isEmpty { book.context.counts.rejected("unmatched-contact") }
    // Beyond the owners that have a name in the index it is a placeholder, such as the shop's own phone.
    if contact.unnamed > 0 { book.context.counts.rejected("contact-of-too-many") }
    for owner in contact.owners {
      var said = request
      said.subject = .member(owner.memberId)
      book.pass(said)
    }
  }
}
