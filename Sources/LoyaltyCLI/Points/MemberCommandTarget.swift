import Contracts
import Inquiry
import Loyalty
import ServiceKit

/// The member and programme that a command is about, and when it happened.
struct MemberCommandTarget {
  var memberId: String
  /// nil: every programme in force.
  var programId: String?
  var commandId: String
  var occurredAt: Instant

  /// A command on points, which names its programme. `others` are further settings that hold ids.
  init(_ context: CommandContext, others: [Setting<String>] = []) throws {
    try self.init(
      context, programId: context.settings[MemberCommandSettings.program],
      checking: [MemberCommandSettings.program] + others)
  }

  /// - Parameter checking: settings beside member and command id that must hold ids.
  init(_ context: CommandContext, programId: String?, checking others: [Setting<String>]) throws {
    let settings = context.settings
    memberId = settings[MemberCommandSettings.member]
    self.programId = programId
    commandId = settings[MemberCommandSettings.id]
    var problems: [ConfigurationError.Problem] = []
    for setting in [MemberCommandSettings.member, MemberCommandSettings.id] + others
    where !FieldRules.isId(settings[setting]) {
      problems.append(settings.problem(setting, "needs 1 to \(FieldRules.idLengthMax) printable characters"))
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    if let at = try settings.instant(MemberCommandSettings.at) {
      occurredAt = at
    } else if settings[MemberCommandSettings.clock] == .wall {
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
