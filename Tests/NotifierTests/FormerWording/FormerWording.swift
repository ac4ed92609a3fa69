import Loyalty
import Messages
import Notifier

/// What messages said before there were templates, word for word: what is shipped says the same.
extension Language {
  func writeAsBefore(_ facts: MessageFacts) -> Wording {
    self == .vietnamese ? FormerVietnameseWording.write(facts) : FormerEnglishWording.write(facts)
  }

  /// By the shipped template.
  func write(_ facts: MessageFacts) -> Wording {
    guard let template = ShippedTemplates.template(facts.news.template.rawValue) else {
      preconditionFailure("\(facts.news.template) is not shipped")
    }
    return template.write(facts.fields(in: self), in: self, brand: .plain)
  }

  /// Greeting, paragraphs, signature.
  func letter(_ facts: MessageFacts, _ paragraphs: [String]) -> String {
    let greeting: String
    let farewell: String
    if self == .vietnamese {
      greeting = facts.memberName.map { "Chào \($0)," } ?? "Chào bạn,"
      farewell = "Hẹn gặp lại bạn,"
    } else {
      greeting = facts.memberName.map { "Hello \($0)," } ?? "Hello,"
      farewell = "See you soon,"
    }
    let parts = [greeting] + paragraphs.filter { !$0.isEmpty } + ["\(farewell)\n\(facts.programName)"]
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// A level's id as a name: `gold` is `Gold`.
  func levelName(_ id: String) -> String {
    id.prefix(1).uppercased() + id.dropFirst()
  }
}
