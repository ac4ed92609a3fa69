import Contracts
import Foundation
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty preferences set MEMBER`: switches messages off or on in a member's stead.
enum PreferencesSet: Subcommand {
  private enum ChannelChoice: String, CaseIterable, Sendable { case email, sms, push, all }
  private enum TopicChoice: String, CaseIterable, Sendable { case points, tier, expiry, offers, all }
  private enum Wanted: String, CaseIterable, Sendable { case on, off }

  private static let channel = Setting<ChannelChoice>.choice("channel", help: "By which channel.").flagOnly
  private static let topic = Setting<TopicChoice>.choice(
    "topic", help: "Messages about what: points, the level (tier), points that run out (expiry), offers."
  ).flagOnly
  private static let wanted = Setting<Wanted>.choice("wanted", help: "Whether the member wants them.").flagOnly
  private static let actor = Setting.text("actor", help: "Who says so in the member's stead.").optional
  private static let wait = Setting.toggle(
    "wait", default: true, help: "Wait until the notifier has taken it; --no-wait hands over and leaves.")

  static let command = CommandDeclaration(
    "set", summary: "switch messages off or on in a member's stead, those that are queued included.",
    arguments: [MemberCommandSettings.member],
    settings: [channel, topic, wanted, actor, wait, MemberCommandSettings.timeoutMs, MemberCheck.unknownMember])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let request = try request(context.settings)
    let memberId = context.settings[MemberCommandSettings.member]
    try MemberCheck.require(memberId, context)
    let handedOver = try PreferenceHandOver(request, context.cluster)
    let isTaken =
      try context.settings[wait]
      && handedOver.waitTaken(timeoutMs: context.settings[MemberCommandSettings.timeoutMs])
    guard isTaken || !context.settings[wait] else {
      throw CommandFailure(
        "\(request.id) is handed over, and the notifier has not taken it yet. `loyalty status` shows whether it is behind",
        exitCode: .unanswered)
    }
    let outcome = isTaken ? "taken" : "handed-over"
    context.tell(
      isTaken
        ? "\(memberId) gets messages as that says from now on; `loyalty preferences show \(memberId)`"
        : "Handed over as \(request.id)",
      .fields(["request": .string(request.id), "memberId": .string(memberId), "outcome": .string(outcome)]))
    return .done
  }

  private static func request(_ settings: Settings) throws -> PreferenceRequest {
    let memberId = settings[MemberCommandSettings.member]
    guard FieldRules.isId(memberId) else {
      throw ConfigurationError([
        settings.problem(MemberCommandSettings.member, "needs 1 to \(FieldRules.idLengthMax) printable characters")
      ])
    }
    let channels = Consent.Channel(rawValue: settings[channel].rawValue).map { [$0] } ?? Consent.Channel.allCases
    let topics = MessageTopic(rawValue: settings[topic].rawValue).map { [$0] } ?? MessageTopic.allCases
    return PreferenceRequest(
      id: "loyalty-\(UUID().uuidString.lowercased())", subject: .member(memberId),
      changes: Preference.all(channels: channels, topics: topics, isWanted: settings[wanted] == .on), source: "loyalty",
      actor: settings[actor], occurredAt: Instant(milliseconds: LogOutput.wallClockMs()))
  }
}
