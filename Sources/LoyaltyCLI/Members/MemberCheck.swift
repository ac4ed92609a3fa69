import Inquiry
import ServiceKit

/// Refuses a member whom nobody knows: an id that was mistyped would open an account that nobody sees.
enum MemberCheck {
  static let unknownMember = Setting.toggle(
    "unknown-member", help: "Also for a member who has neither a profile nor an account."
  ).flagOnly

  private static let namesMax = 3
  /// More edits than this apart, two ids have nothing to do with each other.
  private static let editsMax = 2

  static func require(_ member: String, _ context: CommandContext) throws {
    guard !context.settings[unknownMember] else { return }
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let search = MemberSearch(context.cluster, reader)
    guard try !search.isKnown(member) else { return }
    let similar = try search.similar(namesMax) { id in
      guard abs(id.utf8.count - member.utf8.count) <= editsMax else { return nil }
      let edits = NearestName.distance(Array(member.utf8), Array(id.utf8))
      return edits <= min(editsMax, member.utf8.count / 2) ? edits : nil
    }
    let hint = similar.isEmpty ? "" : " Similar ones: \(similar.joined(separator: ", "))."
    throw CommandFailure(
      "nobody knows \(member): there is neither a profile nor an account.\(hint) Nothing is done; "
        + "\(unknownMember.declaration.flag) is for one who is new")
  }
}
