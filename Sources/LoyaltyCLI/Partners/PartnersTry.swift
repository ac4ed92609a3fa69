import Curl
import Foundation
import JSON
import Partners
import ServiceKit

/// `loyalty partners try ADAPTER`: whether a partner takes our key and signature, and what it offers. Orders nothing.
enum PartnersTry: Subcommand {
  private static let adapter = Setting<PartnerAccount.AdapterName>.choice(
    "adapter", help: "How the partner is spoken to.")
  private static let url = Setting.text(
    "partner-url", placeholder: "URL", help: "Where its interface lies, as its document says it in url."
  ).flagOnly
  private static let credentials = Setting.secret(
    "partner-credentials", placeholder: "JSON", help: "Its credentials, as docs/partners.md describes them.")
  private static let page = Setting.integer(
    "page", default: 1, in: 1...10_000, help: "Which page of its catalogue is shown."
  ).flagOnly
  private static let timeout = Setting.milliseconds(
    "partner-timeout-ms", default: 60_000, in: 100...600_000, help: "How long an answer is waited for."
  ).flagOnly

  static let command = CommandDeclaration(
    "try",
    summary: "ask a partner about an order that nobody made, and for a page of its catalogue; orders nothing.",
    arguments: [adapter], settings: [url, credentials, page, timeout])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let partner = try account(settings).adapter
    let client = try HTTPClient(TransferOptions(timeoutMs: settings[timeout]))
    defer { client.close() }
    let verdict = partner.trialVerdict(try send(partner.trialQuestion, client))
    guard case .notKnown = verdict else {
      throw CommandFailure(
        "the partner says \(verdict.code) to a question about an order that nobody made: \(remedy(verdict))",
        exitCode: verdict.outcome == "account" ? .refused : .failed)
    }
    guard let found = partner.catalogue(try send(partner.cataloguePage(settings[page]), client)) else {
      throw CommandFailure("the partner takes the key, but its answer is no page of a catalogue")
    }
    tell(found, context)
    return .done
  }

  private static func account(_ settings: Settings) throws -> PartnerAccount {
    do throws(PartnerAccountRefused) {
      return try PartnerAccount(
        settings[adapter], url: settings[url], credentials: Array(settings[credentials].reveal().utf8)
      ) { FileManager.default.contents(atPath: $0).map { Array($0) } }
    } catch {
      throw CommandFailure("the credentials are not right: \(error)")
    }
  }

  private static func send(_ request: PartnerRequest, _ client: HTTPClient) throws -> PartnerAnswer {
    let outcome = try client.send(
      HTTPRequest(
        request.isPost ? .post : .get, request.url, headers: request.headers, body: request.body,
        isIdempotent: request.isIdempotent, answerBytesMax: request.answerBytesMax, keepsHeaders: true))
    switch outcome {
    case .answered(let answer): return .answered(status: answer.status, headers: answer.headers, body: answer.body)
    case .notSent(let failure):
      throw CommandFailure("the partner is not to be reached: \(failure.description)", exitCode: .unanswered)
    case .unknown(let failure):
      throw CommandFailure("the partner did not answer: \(failure.description)", exitCode: .unanswered)
    case .cancelled: throw CommandFailure("it was broken off")
    }
  }

  private static func remedy(_ verdict: StatusVerdict) -> String {
    switch verdict {
    case .account: "it does not take the credentials, the signature or this machine's address; see docs/partners.md"
    case .limit: "it takes no calls for now; try later"
    case .unknown: "that is no answer of this adapter's; look at --partner-url"
    case .issued, .refused, .notKnown: "it should know of none; ask the partner"
    }
  }

  private static func tell(_ found: PartnerPage<PartnerProduct>, _ context: CommandContext) {
    var table = TextTable(["PRODUCT", "PRICE", "STOCK", "STORES", "NAME"], rightAligned: [1, 3])
    for product in found.elements {
      table.add([
        TerminalText.name(product.product), product.price.map { "\($0)" } ?? "-", product.stock.rawValue,
        product.stores.map { "\($0)" } ?? "-", TerminalText.name(product.name),
      ])
    }
    context.tell(
      "The partner takes the credentials. Page \(context.settings[page]) of \(found.pages) of its catalogue:\n\(table.text())",
      .fields([
        "pages": .count(found.pages),
        "products": .array(
          found.elements.map { product in
            .fields([
              "product": .string(product.product), "name": .string(product.name),
              "price": product.price.map { .count($0) }, "stock": .string(product.stock.rawValue),
              "stores": product.stores.map { .count($0) },
            ])
          }),
      ]))
  }
}
