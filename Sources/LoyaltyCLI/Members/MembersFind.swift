import Contracts
import Inquiry
import JSON
import ServiceKit

/// `loyalty members find`: whose profile holds a phone number, an e-mail address or a card.
enum MembersFind: Subcommand {
  private static let phone = Setting.text("phone", placeholder: "NUMBER", help: "A phone number, as people write it.")
    .optional.flagOnly
  private static let email = Setting.text("email", placeholder: "ADDRESS", help: "An e-mail address.").optional.flagOnly
  private static let card = Setting.text("card", placeholder: "NUMBER", help: "The number of a loyalty card.")
    .optional.flagOnly

  static let command = CommandDeclaration(
    "find",
    summary:
      "the members whose profile holds a phone number, an e-mail address or a card, spelled as their readers spell "
      + "them; exit code 4 where there is none. Reads loyalty.members whole.",
    settings: [phone, email, card])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let isMeant = try filter(context.settings)
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let found = try MemberSearch(context.cluster, reader).profiles(isMeant)
    context.tell(found.isEmpty ? "nobody" : text(found), .array(found.map(json)))
    return found.isEmpty ? .refused : .done
  }

  /// All that are given must hold.
  private static func filter(_ settings: Settings) throws -> (MemberProfile) -> Bool {
    var problems: [ConfigurationError.Problem] = []
    var tests: [(MemberProfile) -> Bool] = []
    if let given = settings[phone] {
      if let wanted = PhoneNumber.normalised(given) {
        tests.append { $0.phone.flatMap(PhoneNumber.normalised) == wanted }
      } else {
        problems.append(.init(place: phone.declaration.flag, remedy: "is no phone number, such as +84901234567"))
      }
    }
    if let given = settings[email] {
      if let wanted = EmailAddress.normalised(given, .anyCase) {
        tests.append { $0.email.flatMap { EmailAddress.normalised($0, .anyCase) } == wanted }
      } else {
        problems.append(.init(place: email.declaration.flag, remedy: "is no e-mail address"))
      }
    }
    if let given = settings[card] {
      if let wanted = CardNumber.normalised(given) {
        tests.append { $0.cards.contains { CardNumber.normalised($0) == wanted } }
      } else {
        problems.append(.init(place: card.declaration.flag, remedy: "is no card number: 4 to 64 letters and digits"))
      }
    }
    if tests.isEmpty, problems.isEmpty {
      problems.append(.init(place: "members find", remedy: "needs --phone, --email or --card"))
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    return { profile in tests.allSatisfy { $0(profile) } }
  }

  private static func text(_ profiles: [MemberProfile]) -> String {
    var table = TextTable(["MEMBER", "STATUS", "SINCE", "MERGED INTO"])
    for profile in profiles {
      table.add([
        profile.id, profile.status.rawValue, profile.joinedAt?.rfc3339 ?? "", profile.mergedInto ?? "",
      ])
    }
    return table.text()
  }

  private static func json(_ profile: MemberProfile) -> JSONValue {
    .fields([
      "memberId": .string(profile.id), "status": .string(profile.status.rawValue),
      "joinedAt": profile.joinedAt.map { .instant($0) }, "mergedInto": profile.mergedInto.map { .string($0) },
    ])
  }
}
