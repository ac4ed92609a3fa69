import Contracts
import Inquiry
import Loyalty
import ServiceKit

/// The member and programme that a command is about, and when it happened.
struct MemberCommandTarget {
  var memberId: String
  /// nil: every programme in which the member has an account.
  var programId: String?
  var commandId: String
  var occurredAt: Instant

  /// A command on points, which names its programme.
  /// - Parameter others: further settings that name members.
  init(_ context: CommandContext, others: [Setting<String>] = []) throws {
    try self.init(
      context, programId: context.settings[MemberCommandSettings.program],
      checking: [MemberCommandSettings.program], members: others)
  }

  /// - Parameters:
  ///   - checking: settings beside member and command id that must hold ids.
  ///   - members: settings beside the member's that name members.
  init(
    _ context: CommandContext, programId: String?, checking others: [Setting<String>] = [],
    members: [Setting<String>] = []
  ) throws {
    let settings = context.settings
    var problems: [ConfigurationError.Problem] = []
    for setting in [MemberCommandSettings.member, MemberCommandSettings.id] + others + members
    where !FieldRules.isId(settings[setting]) {
      problems.append(settings.problem(setting, "needs 1 to \(FieldRules.idLengthMax) printable characters"))
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    try self.init(
      context, memberId: settings[MemberCommandSettings.member], programId: programId,
      commandId: settings[MemberCommandSettings.id], members: members)
  }

  /// - Parameter members: settings beside the member's that name members.
  init(
    _ context: CommandContext, memberId: String, programId: String?, commandId: String, members: [Setting<String>] = []
  ) throws {
    guard FieldRules.isId(commandId) else {
      throw CommandFailure(
        "\(commandId) is no id: it needs 1 to \(FieldRules.idLengthMax) printable characters; say --id")
    }
    let settings = context.settings
    self.memberId = memberId
    self.programId = programId
    self.commandId = commandId
    let at = try settings.instant(MemberCommandSettings.at)
    let time = try WorkersTime(context.cluster, told: settings[MemberCommandSettings.clock])
    for member in [memberId] + members.map({ settings[$0] }) { try MemberCheck.require(member, context) }
    if let at {
      try Self.checkIsNear(at, time, context)
      occurredAt = at
    } else if time.isOnStream {
      occurredAt = try Self.accountsOwnTime(memberId, programId, context.cluster)
    } else {
      occurredAt = Instant(milliseconds: LogOutput.wallClockMs())
    }
  }

  private static let minuteMs: Int64 = 60_000
  private static let aheadMsMax = 5 * minuteMs
  private static let behindMsMax = 366 * Instant.dayMs

  /// What happens far from the workers' time was mistyped, most likely: points would run out that are due until then,
  /// or another year's rules count.
  private static func checkIsNear(_ at: Instant, _ time: WorkersTime, _ context: CommandContext) throws {
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    guard let now = try time.now(context.cluster, reader) else { return }
    let ahead = at.milliseconds - now.milliseconds
    guard ahead > aheadMsMax || -ahead > behindMsMax else { return }
    let days = abs(ahead) / Instant.dayMs
    let distance = days > 0 ? "\(grouped(days)) days" : "\(abs(ahead) / minuteMs) minutes"
    try context.confirm(
      "--at \(at.rfc3339) lies \(distance) \(ahead > 0 ? "ahead of" : "before") the workers' time, \(now.rfc3339)")
  }

  /// That of the account in the programme; of another one where there is none.
  private static func accountsOwnTime(_ member: String, _ program: String?, _ cluster: Cluster) throws -> Instant {
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    let parts = try AccountReading(cluster, reader, member: member).accounts(program: nil)
    let own = parts.filter { program == nil || $0.programId == program }.compactMap(\.statement?.asOf).max()
    guard let latest = own ?? parts.compactMap(\.statement?.asOf).max() else {
      throw CommandFailure("\(member) has no account in any programme, so no time of its own; say --at INSTANT")
    }
    return latest
  }
}
