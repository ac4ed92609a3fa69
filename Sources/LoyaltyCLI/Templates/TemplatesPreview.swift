import Contracts
import Foundation
import JSON
import Messages
import ServiceKit

/// `loyalty templates preview FILE|ID`: how a message reads, with sample facts.
enum TemplatesPreview: Subcommand {
  private static let channel = Setting.choice(
    "channel", default: Consent.Channel.email, help: "As which channel's message.")
  private static let htmlOut = Setting.path(
    "html-out", help: "Where to write the page of an e-mail, to look at it in a browser."
  ).optional

  static let command = CommandDeclaration(
    "preview", summary: "how a message reads, with sample facts.", arguments: [TemplateSource.named],
    settings: TemplateSource.settings + TemplateSample.settings + [channel, htmlOut])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let source = try TemplateSource(context)
    let (wording, language) = try TemplateSample.write(source, context.settings)
    if let path = context.settings[htmlOut] {
      guard let html = wording.html else {
        throw CommandFailure("the template has no html in \(language.rawValue): it goes out as text alone")
      }
      guard FileManager.default.createFile(atPath: path, contents: Data(html.utf8)) else {
        throw CommandFailure("\(TerminalText.name(path)) cannot be written")
      }
      context.console.note("The page is in \(TerminalText.name(path))")
    }
    switch context.settings[channel] {
    case .email:
      context.tell(
        "Subject: \(wording.subject)\n\n\(wording.body)",
        .fields([
          "language": .string(language.rawValue), "subject": .string(wording.subject), "text": .string(wording.body),
          "html": wording.html.map { .string($0) },
        ]))
    case .push:
      let push = wording.push.cut
      context.tell(
        "\(push.title)\n\(push.body)",
        .fields([
          "language": .string(language.rawValue), "title": .string(push.title), "body": .string(push.body),
        ]))
    case .sms:
      let forms = SMSLetters.allCases.map { ($0, SMSText(wording.sms, $0)) }
      context.tell(
        forms.map { letters, sms in
          "\(letters.rawValue) (\(sms.form.encoding.rawValue), \(sms.form.segments) segments): \(sms.text)"
        }.joined(separator: "\n"),
        .fields([
          "language": .string(language.rawValue),
          "sms": .array(
            forms.map { letters, sms in
              .fields([
                "letters": .string(letters.rawValue), "encoding": .string(sms.form.encoding.rawValue),
                "segments": .count(sms.form.segments), "text": .string(sms.text),
              ])
            }),
        ]))
    }
    return .done
  }
}
