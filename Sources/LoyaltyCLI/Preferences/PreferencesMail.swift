import Contracts
import Foundation
import Inquiry
import JSON
import Loyalty
import ServiceKit
import Signing

/// `loyalty preferences mail`: takes one mail to the unsubscribe address from standard input, as a mail server's pipe
/// hands it over.
enum PreferencesMail: Subcommand {
  private static let linkSecret = Setting.secret(
    "link-secret", help: "The notifier's, which has made the tokens.")
  private static let recipient = Setting.text(
    "recipient", placeholder: "ADDRESS",
    help:
      "The address that the mail server has delivered to (Postfix: ${recipient}), where it is not among the headers."
  ).optional.flagOnly

  /// Headers are a mail's beginning.
  private static let mailBytesMax = 1 << 20

  static let command = CommandDeclaration(
    "mail",
    summary:
      "take one mail to the unsubscribe address from standard input; exit code 75 asks the mail server to try again.",
    settings: [linkSecret, recipient])

  static func run(_ context: CommandContext) throws -> ExitCode {
    guard let seal = LinkSeal(secrets: context.settings[linkSecret].reveal()) else {
      throw ConfigurationError([
        context.settings.problem(linkSecret, "needs \(LinkSeal.secretLengthMin) characters or more")
      ])
    }
    let mail = UnsubscribeMail(recipient: context.settings[recipient], readMail())
    guard !mail.isAutomatic else {
      context.tell("A machine's answer, passed over", .fields(["outcome": .string("automatic")]))
      return .done
    }
    let links = mail.candidates.lazy.compactMap { seal.open($0).flatMap(PreferenceLink.init(bytes:)) }
    guard let link = links.first else {
      // Not for the mail server to send back: the sender may be anybody.
      context.tell("No token of ours in it, passed over", .fields(["outcome": .string("no-token")]))
      return .done
    }
    let request = PreferenceRequest(
      id: "mail-\(UUID().uuidString.lowercased())", subject: .member(link.memberId),
      changes: [Preference(link.channel, link.topic, isWanted: false)], source: "mail",
      occurredAt: Instant(milliseconds: LogOutput.wallClockMs()))
    do {
      _ = try PreferenceHandOver(request, context.cluster)
    } catch {
      throw CommandFailure(
        "the mail could not be taken (\(error)); the mail server is to try again", exitCode: .tryLater)
    }
    context.tell(
      "Handed over as \(request.id)",
      .fields([
        "request": .string(request.id), "channel": .string(link.channel.rawValue),
        "topic": .string(link.topic.rawValue), "outcome": .string("handed-over"),
      ]))
    return .done
  }

  /// Its beginning, which holds the headers; the rest is read, so that the pipe does not break.
  private static func readMail() -> [UInt8] {
    var kept: [UInt8] = []
    while true {
      let more = FileHandle.standardInput.readData(ofLength: 64 * 1024)
      if more.isEmpty { return kept }
      if kept.count < mailBytesMax { kept += more }
    }
  }
}
