import JSON
import Messages
import ServiceKit

/// `loyalty templates lint FILE|ID`: what a template's author may want to mend.
enum TemplatesLint: Subcommand {
  static let command = CommandDeclaration(
    "lint",
    summary:
      "what to mend in a template: fields that are missing or may be, numbers that differ, colours that are hard "
      + "to read, and how many segments its SMS take; exit code 1 where there is something.",
    arguments: [TemplateSource.named], settings: TemplateSource.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let source = try TemplateSource(context)
    let lint = TemplateLint(source.template, brand: source.brand, calendar: TemplateSample.calendar)
    context.tell(text(lint), json(lint))
    return lint.remarks.isEmpty ? .done : .failed
  }

  private static func text(_ lint: TemplateLint) -> String {
    var table = TextTable(["SMS", "CASE", "PLAIN", "AS WRITTEN"], rightAligned: [2, 3])
    for taken in lint.segments {
      table.add([
        taken.language.rawValue, taken.sample.rawValue, "\(taken.plain.segments) \(taken.plain.encoding.rawValue)",
        "\(taken.marked.segments) \(taken.marked.encoding.rawValue)",
      ])
    }
    let remarks = lint.remarks.isEmpty ? ["Nothing to mend"] : lint.remarks
    return (remarks + ["", table.text()]).joined(separator: "\n")
  }

  private static func json(_ lint: TemplateLint) -> JSONValue {
    .fields([
      "remarks": .array(lint.remarks.map { .string($0) }),
      "sms": .array(
        lint.segments.map { taken in
          .fields([
            "language": .string(taken.language.rawValue), "case": .string(taken.sample.rawValue),
            "plainSegments": .count(taken.plain.segments), "plainEncoding": .string(taken.plain.encoding.rawValue),
            "markedSegments": .count(taken.marked.segments), "markedEncoding": .string(taken.marked.encoding.rawValue),
          ])
        }),
    ])
  }
}
