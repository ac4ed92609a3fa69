import Contracts
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty account show MEMBER`: balances, tier, open lots and the last entries.
enum AccountShow: Subcommand {
  private static let member = Setting.text("member", help: "The member's id.")
  private static let program = Setting.text("program", placeholder: "ID", help: "Only this programme.").optional
  private static let entries = Setting.integer(
    "entries", default: 10, in: 0...100_000, help: "How many of the last ledger entries are shown.")
  private static let since = Setting.text(
    "since", placeholder: "INSTANT",
    help: "Instead of the last ones all entries of what occurred from then on, RFC 3339."
  ).optional
  private static let lots = Setting.integer(
    "lots", default: 10, in: 0...1_000_000,
    help: "How many open lots are shown, those that debits take first; "
      + "0 spares reading the member's whole ledger.")

  static let command = CommandDeclaration(
    "show", summary: "a member's balances, tier as it is now, open lots and last ledger entries.", arguments: [member],
    settings: [program, lots, entries, since])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let member = context.settings[member]
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let reading = try AccountReading(context.cluster, reader, member: member)
    var parts = try reading.accounts(program: context.settings[program])
    guard !parts.isEmpty else {
      throw InquiryError.noAccount(memberId: member, programId: context.settings[program])
    }
    let since = try context.settings.instant(since)
    if let since {
      try reading.readEntries(since: since, into: &parts)
    } else {
      try reading.readEntries(context.settings[entries], into: &parts)
    }
    if context.settings[lots] > 0 { try reading.readLots(into: &parts) }
    let now = try parts.contains { $0.tellsTier } ? time(context.cluster, reader) : .distantPast
    if context.wantsJSON {
      context.console.say(json(of: member, parts, at: now))
    } else {
      let zones = try PublishedPrograms.calendars(context.cluster)
      let texts = parts.map {
        AccountText(
          part: $0, lotsShown: context.settings[lots], time: LocalTime(zones[$0.programId]), now: now, since: since
        ).text
      }
      context.console.say(([member] + texts).joined(separator: "\n\n"))
    }
    return .done
  }

  /// Progress is told as it is now, not as it was after the member's last event.
  private static func time(_ cluster: Cluster, _ reader: TopicReader) throws -> Instant {
    try WorkersTime(cluster, told: nil).now(cluster, reader) ?? .distantPast
  }

  private static func json(of member: String, _ parts: [AccountReading.Part], at now: Instant) -> JSONValue {
    .object([
      .init("memberId", .string(member)),
      .init(
        "programs",
        .array(
          parts.map { part in
            .object([
              .init("programId", .string(part.programId)),
              .init("account", part.account ?? .null),
              .init("tier", part.tierDocument ?? .null),
              .init("progress", part.progress(at: now)?.json ?? .null),
              .init("lots", part.lots.map { .array($0.map(json)) } ?? .null),
              .init("entries", .array(part.entryDocuments)),
            ])
          })),
    ])
  }

  private static func json(of lot: Lot) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", .string(lot.id)), .init("pending", .number("\(lot.pending.value)")),
      .init("available", .number("\(lot.available.value)")), .init("earnedAt", .string(lot.earnedAt.rfc3339)),
    ]
    if let at = lot.pendingUntil { members.append(.init("pendingUntil", .string(at.rfc3339))) }
    if let at = lot.expiresAt { members.append(.init("expiresAt", .string(at.rfc3339))) }
    return .object(members)
  }
}
