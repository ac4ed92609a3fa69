import Loyalty
import ServiceKit

/// What `loyalty member freeze`, `unfreeze` and `close` share.
enum MemberStanding {
  private static let program = Setting.text(
    "program", placeholder: "ID",
    help: "Only in this programme, also where it opens the account; left out: in every one with an account of theirs."
  ).optional
  private static let actor = Setting.text("actor", help: "Who decided it.")
  private static let reason = Setting.text("reason", help: "Why.")

  static func command(_ name: String, summary: String) -> CommandDeclaration {
    CommandDeclaration(
      name, summary: summary + "; exit code 4 when the programme refuses.", arguments: [MemberCommandSettings.member],
      settings: [program, actor, reason] + MemberCommandSettings.common)
  }

  /// - Parameter booked: the entry that tells the change; due releases and expiries may follow in its booking.
  static func run(_ context: CommandContext, _ kind: MemberCommand.Kind, booked: EntryType) throws -> ExitCode {
    if kind == .close {
      let place = context.settings[program].map { "in \($0)" } ?? "in every programme"
      try context.confirm("\(context.settings[MemberCommandSettings.member]) is closed \(place), for good")
    }
    let target = try MemberCommandTarget(context, programId: context.settings[program])
    let command = MemberCommand(
      id: target.commandId, kind: kind, memberId: target.memberId, programId: target.programId,
      occurredAt: target.occurredAt, actor: context.settings[actor], reason: context.settings[reason])
    return try PointsRun(
      context: context, command: command, answers: [booked, .standingRefused, .pointsReleased, .pointsExpired]
    ).run()
  }
}
