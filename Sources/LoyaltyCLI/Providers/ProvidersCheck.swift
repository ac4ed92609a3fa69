import Foundation
import JSON
import Providers
import ServiceKit

/// `loyalty providers check FILE`: whether a document is right, and what a message would look like on its way.
enum ProvidersCheck: Subcommand {
  private static let file = Setting.text(
    "provider", help: "A document's file, or the name of one that the programs bring along.")

  static let command = CommandDeclaration(
    "check", summary: "hold a provider's document against the rules and show a sample request; sends nothing.",
    arguments: [file])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let document = try ProviderFile.read(context.settings[file])
    let account = ProviderAccount(
      url: document.defaultURL ?? "https://gateway.example", from: "SENDER", user: "USER", password: "***",
      authorization: "***", callbackURL: "https://hooks.example/sms")
    let content: ProviderMessage.Content =
      document.takesTemplates
      ? .template("TEMPLATE", parameters: [.init("name", "Lan")]) : .text("Xin chào", isUCS2: true)
    let message = ProviderMessage(to: "+84901234567", content, id: "n-0123456789abcdef")
    let request = document.request(message, as: account)
    var headers = request.headers
    // What it is made of is starred already; this hides nothing and tells less of how.
    for index in headers.indices where headers[index].name == "Authorization" { headers[index].value = "***" }
    let lines =
      ["\(request.isPost ? "POST" : "GET") \(request.url)"] + headers.map { "\($0.name): \($0.value)" }
      + ["", String(decoding: request.body, as: UTF8.self)]
    context.tell(
      "\(document.name) is a valid document: \(document.title)\n"
        + "Doubles: \(document.deduplicates ? "the provider tells them by the id" : "it may send a message twice")\n"
        + "A message of it:\n\n\(lines.joined(separator: "\n"))",
      .fields([
        "name": .string(document.name), "title": .string(document.title),
        "sources": .array(document.sources.map { .string($0) }), "deduplicates": .bool(document.deduplicates),
        "request": .string(lines.joined(separator: "\n")),
      ]))
    return .done
  }
}

/// A provider's document as an operator names it.
enum ProviderFile {
  static func read(_ name: String) throws -> ProviderDocument {
    do {
      if let shipped = try ShippedProviders.document(name) { return shipped }
      guard let data = FileManager.default.contents(atPath: name) else {
        throw CommandFailure(
          "\(TerminalText.name(name)): is no file that can be read, and none of "
            + ShippedProviders.names.joined(separator: ", "))
      }
      return try ProviderDocument(parsing: Array(data))
    } catch let refused as ProviderRefused {
      throw CommandFailure(
        "\(TerminalText.name(name)) is no valid document\n"
          + refused.problems.map { "  \($0.path) \($0.text)" }.joined(separator: "\n"))
    }
  }
}
