import Loyalty
import ServiceKit

/// The settings that commands on one member's points share.
enum MemberCommandSettings {
  static let member = Setting.text("member", help: "The member's id.")
  static let program = Setting.text("program", placeholder: "ID", help: "The programme's id.")
  static let id = Setting.text(
    "id", placeholder: "ID", help: "The command's own id: sent again with the same id it moves nothing more.")
  static let at = Setting.text(
    "at", placeholder: "INSTANT", help: "When it happened, RFC 3339; now if left out, or as --clock says."
  ).optional
  static let clock = Setting.choice(
    "clock", default: CommandClock.wall,
    help: "The time the workers live in. On stream time a command happens, unless --at says otherwise, at the "
      + "account's own time: later would expire what is due until then.")
  static let wait = Setting.toggle("wait", default: true, help: waitHelp)
  static let timeoutMs = Setting.milliseconds(
    "timeout-ms", default: 10_000, in: 100...600_000, help: "How long the answer is waited for.")

  static let all: [any AnySetting] = [program, id, at, clock, wait, timeoutMs]
  static let waitHelp = "Wait for the answer; --no-wait hands over and leaves."
  static let pointsMax = Int(Points.largestMovement.value)

  enum CommandClock: String, CaseIterable, Sendable { case wall, stream }
}
