import Contracts
import Loyalty
import ServiceKit

/// The settings that commands on one member's points share.
enum PointsSettings {
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
  static let wait = Setting.toggle("wait", default: true, help: AnswerWait.waitHelp)
  static let timeoutMs = Setting.milliseconds(
    "timeout-ms", default: 10_000, in: 100...600_000, help: "How long the answer is waited for.")

  static let all: [any AnySetting] = [program, id, at, clock, wait, timeoutMs]
  static let pointsMax = Int(Points.largestMovement.value)

  enum CommandClock: String, CaseIterable, Sendable { case wall, stream }
}

/// The member and programme that a command is about, and when it happened.
struct PointsTarget {
  var memberId: String
  /// nil: every programme in force.
  var programId: String?
  var commandId: String
  var occurredAt: Instant

  /// A command on points, which names its programme. `others` are further settings that hold ids.
  init(_ context: CommandContext, others: [Setting<String>] = []) throws {
    try self.init(
      context, programId: context.settings[PointsSettings.program], checking: [PointsSettings.program] + others)
  }

  /// - Parameter checking: settings beside member and command id that must hold ids.
  init(_ context: CommandContext, programId: String?, checking others: [Setting<String>]) throws {
    let settings = context.settings
    memberId = settings[PointsSettings.member]
    self.programId = programId
    commandId = settings[PointsSettings.id]
    var problems: [ConfigurationError.Problem] = []
    for setting in [PointsSettings.member, PointsSettings.id] + others where !FieldRules.isId(settings[setting]) {
      problems.append(settings.problem(setting, "needs 1 to \(FieldRules.idLengthMax) printable characters"))
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    if let at = try settings.instant(PointsSettings.at) {
      occurredAt = at
    } else if settings[PointsSettings.clock] == .wall {
      occurredAt = Instant(milliseconds: LogOutput.wallClockMs())
    } else {
      occurredAt = try Self.accountsOwnTime(memberId, programId, context.cluster)
    }
  }

  private static func accountsOwnTime(_ member: String, _ program: String?, _ cluster: Cluster) throws -> Instant {
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    let parts = try AccountReading(cluster, reader, member: member).accounts(program: program)
    guard let latest = parts.compactMap(\.statement?.asOf).max() else {
      let place = program.map { "in programme \($0)" } ?? "in any programme"
      throw CommandFailure("\(member) has no account \(place), so no time of its own; say --at INSTANT")
    }
    return latest
  }
}
