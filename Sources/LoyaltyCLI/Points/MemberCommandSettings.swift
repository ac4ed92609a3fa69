import Loyalty
import ServiceKit

/// The settings that commands on one member's points share.
enum MemberCommandSettings {
  static let member = Setting.text("member", help: "The member's id.")
  static let program = Setting.text("program", placeholder: "ID", help: "The programme's id.")
  static let id = Setting.text(
    "id", placeholder: "ID", help: "The command's own id: sent again with the same id it moves nothing more.")
  static let at = Setting.text(
    "at", placeholder: "INSTANT",
    help:
      "When it happened, RFC 3339; left out: now, and where the workers live on stream time the account's own time, "
      + "for later would expire what is due until then."
  ).optional
  static let clock = Setting<CommandClock>.choice(
    "clock",
    help:
      "The time that the workers live in. They tell it themselves; this counts where none runs, and is refused where "
      + "it is another."
  ).optional.flagOnly
  static let wait = Setting.toggle("wait", default: true, help: waitHelp)
  static let timeoutMs = Setting.milliseconds(
    "timeout-ms", default: 10_000, in: 100...600_000, help: "How long the answer is waited for.")

  /// Of every command on a member.
  static let common: [any AnySetting] = [
    id, at, clock, wait, timeoutMs, MemberCheck.unknownMember, CommandContext.yes,
  ]
  static let all: [any AnySetting] = [program] + common
  static let waitHelp = "Wait for the answer; --no-wait hands over and leaves."
  static let pointsMax = Int(Points.largestMovement.value)

  enum CommandClock: String, CaseIterable, Sendable { case wall, stream }
}
