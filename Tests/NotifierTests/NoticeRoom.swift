import Contracts
import Loyalty
import Notifier
import StreamRuntime
import TestValues
import Testing

/// What programmes have to ask for, as it comes in.
extension Mailroom {
  /// The programme, which asks for the messages of these templates.
  static func asking(for templates: [Template], id: String = "journey") -> String {
    let names = templates.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
    return programme.replacing(#""id":"journey""#, with: #""id":"\#(id)""#)
      .replacing(#""pending""#, with: #""messages":{"tell":[\#(names)]},"pending""#)
  }

  /// One booking, an entry for each of `parts`: what an entry of the type moves, and what can be spent afterwards.
  func book(
    _ type: EntryType, _ parts: [Points], cause: String, source: String? = "pos", purchase: String? = nil,
    to credit: LedgerAccount? = nil, available: Points = 40, status: Standing.Name? = nil, expiresAt: String? = nil,
    at: String = Mailroom.now, entry first: Int = 1, of count: Int? = nil
  ) {
    for (index, points) in parts.enumerated() {
      let entry = LedgerEntry(
        id: "\(type)/\(cause)/\(at)/\(first + index)", type: type, memberId: "M-1", programId: "journey",
        sequence: Int64(50 + index), points: points, debit: credit.map { _ in .programIssued }, credit: credit,
        lotId: "pos:P-1",
        expiresAt: expiresAt.map(time), cause: cause, source: source, purchase: purchase, occurredAt: time(at),
        bookedAt: time(at), programVersion: 1, balances: Balances(available: available), accountStatus: status,
        bookingEntry: first + index, bookingOf: count ?? parts.count)
      driver.publish(Topic.ledger.name, key: "M-1", value: json { entry.encode(to: &$0) })
    }
  }

  func judge(
    _ level: String, from previous: String, _ reason: TierChange.Reason, until: String? = nil,
    since: String = Mailroom.now,
    at: String = Mailroom.now
  ) {
    let change = TierChange(
      memberId: "M-1", programId: "journey", level: level, previous: previous, since: time(since),
      until: until.map(time), reason: reason, metric: .zero, cause: "P", occurredAt: time(at))
    driver.publish(Topic.tiers.name, key: "M-1", value: json { change.encode(to: &$0) })
  }

  /// A profile that says when its member joined.
  func enrol(
    _ member: String = "M-1", joinedAt: String?, at: String = Mailroom.now, mergedInto: String? = nil,
    agreesTo kinds: Set<Consent.Kind> = [.service]
  ) throws {
    let profile = MemberProfile(
      id: member, name: "Lan", email: "\(member)@example.com".lowercased(), joinedAt: joinedAt.map(time),
      consent: Consent(email: kinds), mergedInto: mergedInto, occurredAt: time(at))
    driver.publish(Topic.members.name, key: member, value: json { profile.encode(to: &$0) })
    try driver.run()
  }
}
