import Foundation
import JSON
import MessageFeedback
import Providers
import ServiceKit

/// `loyalty providers callback NAME|FILE`: how a call-back of a provider would be read.
enum ProvidersCallback: Subcommand {
  private static let provider = Setting.text(
    "provider", help: "A document's file, or the name of one that the programs bring along.")
  private static let query = Setting.text(
    "query", help: "What stood behind the question mark of the URL that was called."
  ).optional.flagOnly
  private static let bodyFile = Setting.path("body-file", help: "The body of the call-back.").optional.flagOnly

  static let command = CommandDeclaration(
    "callback", summary: "show how a provider's call-back would be read by its document; tells nobody.",
    arguments: [provider], settings: [query, bodyFile])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let document = try ProviderFile.read(settings[provider])
    var body: [UInt8] = []
    if let path = settings[bodyFile] {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw CommandFailure("\(TerminalText.name(path)): cannot be read")
      }
      body = Array(data)
    }
    switch ProviderCallback(query: settings[query] ?? "", body: body, by: document) {
    case .unreadable(let reason): throw CommandFailure("the call-back cannot be used: \(reason)", exitCode: .refused)
    case .feedback(let feedback):
      let answer: [(String, String?)] = [
        ("state", feedback.state.rawValue), ("message", feedback.messageId),
        ("providerMessageId", feedback.providerMessageId), ("code", feedback.code), ("provider", feedback.provider),
      ]
      let told = answer.compactMap { name, value in value.map { (name, $0) } }
      context.tell(
        told.map { "\($0): \($1)" }.joined(separator: "\n"), .object(told.map { .init($0, .string($1)) }))
      return .done
    }
  }
}
