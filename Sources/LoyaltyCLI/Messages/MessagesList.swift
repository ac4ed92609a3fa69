import Contracts
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty messages list`: what became of messages lately, a line each.
enum MessagesList: Subcommand {
  private static let member = Setting.text("member", help: "Only those to this member.").optional.flagOnly
  private static let channel = Setting<Consent.Channel>.choice("channel", help: "Only those by this channel.").optional
    .flagOnly
  private static let template = Setting.text(
    "template", placeholder: "NAME", help: "Only those of this template, such as points-earned."
  ).optional.flagOnly
  private static let outcome = Setting<Contracts.Notification.Outcome>.choice(
    "outcome", help: "Only those that ended so."
  ).optional.flagOnly
  private static let since = Setting.text(
    "since", placeholder: "INSTANT", help: "Only those that ended then or later, RFC 3339."
  ).optional.flagOnly
  private static let limit = Setting.integer("limit", default: 50, in: 1...100_000, help: "How many of the last ones.")
    .flagOnly

  static let command = CommandDeclaration(
    "list", summary: "what became of messages lately, and why (loyalty.notifications).",
    settings: [member, channel, template, outcome, since, limit])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let filter = MessageFilter(
      memberId: settings[member], channel: settings[channel]?.rawValue, template: settings[template],
      outcome: settings[outcome]?.rawValue, since: try settings.instant(since))
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let found = try MessageReading(context.cluster, reader).last(settings[limit], filter)
    context.tell(found.isEmpty ? "no messages" : OutcomeTable(found).text, .array(found.map(\.document)))
    return .done
  }
}
