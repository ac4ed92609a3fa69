import Contracts
import Foundation
import MessageFeedback
import ServiceKit

/// The contacts that a command is about: one on the command line, or one a line of standard input, where no list of
/// processes shows them. No message repeats one.
enum GivenContacts {
  static let contact = Setting.text(
    "contact", placeholder: "CONTACT",
    help: "An e-mail address, a phone number or device:TOKEN; - reads them from standard input.")
  static let optionalContact = contact.optional

  private static let linesMax = 1_000_000

  /// - Parameter written: `-` for standard input.
  static func read(_ written: String) throws -> [Contact] {
    guard written == "-" else {
      guard let contact = Contact(written) else {
        throw CommandFailure(
          "that is neither an e-mail address nor a phone number; write +84901234567 or 0901234567 for one",
          exitCode: .refused)
      }
      return [contact]
    }
    let source = try LineSource("-")
    defer { source.close() }
    var contacts: [Contact] = []
    var wrong: [Int] = []
    while try source.next({ line in
      guard let contact = Contact(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
      else { return wrong.append(source.lineNumber) }
      contacts.append(contact)
    }), contacts.count <= linesMax {}
    guard wrong.isEmpty else {
      let shown = wrong.prefix(5).map(String.init).joined(separator: ", ") + (wrong.count > 5 ? ", …" : "")
      throw CommandFailure(
        "nothing is done: no e-mail address and no phone number stands in line \(shown) of standard input",
        exitCode: .refused, isOfInput: true)
    }
    guard contacts.count <= linesMax else {
      throw CommandFailure("nothing is done: more than \(linesMax) contacts; hand them in in parts", exitCode: .refused)
    }
    return contacts
  }
}
