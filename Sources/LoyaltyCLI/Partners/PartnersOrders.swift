import Contracts
import Inquiry
import JSON
import ServiceKit

/// `loyalty partners orders PARTNER`: what is open there, and what is in doubt.
enum PartnersOrders: Subcommand {
  private static let partner = Setting.text("partner", help: "The partner's id.")
  private static let all = Setting.toggle("all", help: "Also what was issued or refused, as far as it is remembered.")
    .flagOnly

  static let command = CommandDeclaration(
    "orders", summary: "the orders at a partner that have no outcome yet, the oldest first.", arguments: [partner],
    settings: [all])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let (id, wantsAll) = (context.settings[partner], context.settings[all])
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let orders = try OrderReading(context.cluster, reader).last { $0.partner == id }.filter {
      wantsAll || $0.state == .open || $0.state == .inDoubt
    }
    var table = TextTable(["ORDER", "STATE", "ASKED", "PRODUCT", "PIECES", "LAST", "MEMBER"], rightAligned: [4])
    for order in orders {
      table.add([
        order.id, order.state.word, order.askedAt.rfc3339, TerminalText.name(order.product), "\(order.quantity)",
        TerminalText.name(order.code ?? "-"), order.memberId.map { TerminalText.name($0) } ?? "-",
      ])
    }
    context.tell(
      orders.isEmpty ? "No orders" : table.text(),
      .fields(["partner": .string(id), "orders": .array(orders.map(Self.json))]))
    return .done
  }

  private static func json(_ order: OrderRecord) -> JSONValue {
    .fields([
      "order": .string(order.id), "state": .string(order.state.word), "memberId": order.memberId.map { .string($0) },
      "redemption": order.redemptionId.map { .string($0) }, "product": .string(order.product),
      "quantity": .count(order.quantity), "reference": .string(order.reference), "day": .string(order.day.text),
      "askedAt": .instant(order.askedAt), "inDoubtSince": order.inDoubtSince.map { .instant($0) },
      "code": order.code.map { .string($0) },
    ])
  }
}
