import Contracts
import Kafka
import Loyalty

/// Feeds an ``ActorReport`` from `loyalty.ledger`, and finds out which members an actor may be, or live with.
package enum ActorReading {
  /// Reads the ledger whole.
  package static func report(
    _ cluster: Cluster, _ marks: ActorReport.Marks, since: Instant?, until: Instant?
  ) throws -> ActorReport {
    var report = ActorReport(
      marks: marks, calendars: try PublishedPrograms.calendars(cluster), since: since ?? .distantPast,
      until: until ?? .distantFuture)
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    let count = try cluster.partitionCount(of: .ledger)
    try reader.read(try reader.ranges(of: Topic.ledger.name, partitionCount: count)) { message in
      // `audit` names those that cannot be read.
      guard let value = message.value, let entry = try? LedgerEntry(decoding: value) else { return }
      report.book(entry)
    }
    return report
  }

  /// The members of each actor's own household, as far as profiles tell: the actor's own profile (the actor's name is
  /// its id, e-mail address or phone number), and those that share its e-mail address or phone number. An actor whose
  /// name is none of these is not among them. Reads `loyalty.members` twice.
  package static func households(_ cluster: Cluster, of actors: Set<String>) throws -> [String: Set<String>] {
    guard !actors.isEmpty else { return [:] }
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    let search = MemberSearch(cluster, reader)
    var names: [String: [String]] = [:]
    for actor in actors { for name in Self.names(of: actor) { names[name, default: []].append(actor) } }
    var homes: [String: Set<String>] = [:]
    var owners: [String: Set<String>] = [:]
    for profile in try search.profiles({ !Self.names(of: $0).isDisjoint(with: names.keys) }) {
      let own = Set(Self.names(of: profile).flatMap { names[$0] ?? [] })
      for actor in own { homes[actor, default: []].insert(profile.id) }
      for contact in Self.contacts(of: profile) { owners[contact, default: []].formUnion(own) }
    }
    guard !owners.isEmpty else { return homes }
    for profile in try search.profiles({ !Self.contacts(of: $0).isDisjoint(with: owners.keys) }) {
      for actor in Self.contacts(of: profile).flatMap({ owners[$0] ?? [] }) {
        homes[actor, default: []].insert(profile.id)
      }
    }
    return homes
  }

  private static func names(of actor: String) -> Set<String> {
    Set([actor, EmailAddress.normalised(actor, .anyCase), PhoneNumber.normalised(actor)].compactMap { $0 })
  }

  private static func names(of profile: MemberProfile) -> Set<String> { contacts(of: profile).union([profile.id]) }

  private static func contacts(of profile: MemberProfile) -> Set<String> {
    Set(
      [
        profile.email.flatMap { EmailAddress.normalised($0, .anyCase) },
        profile.phone.flatMap(PhoneNumber.normalised),
      ].compactMap { $0 })
  }
}
