import Contracts
import Inquiry
import Loyalty

/// A purchase in a few lines for people, so that they see whether amounts and times are read as they were meant. Names
/// no phone and no e-mail.
package enum PurchaseWords {
  private static let linesMax = 5

  package static func describe(_ received: ReceivedTransaction) -> String {
    let event = received.transaction
    let heading = "  \(kind(event)) of \(event.source), \(event.occurredAt.rfc3339), \(member(received.member))"
    let exponent = event.currency.exponent
    func money(_ amount: Int64) -> String { "\(grouped(amount, exponent: exponent)) \(event.currency.code)" }
    var words = [heading]
    switch event.kind {
    case .cancelled: break
    case .returned(let returned):
      words += lines(returned.lines) { line in
        "\(line.quantity.text) × \(line.sku)\(line.amount.map { ", \(money($0))" } ?? "")"
      }
      if let refund = returned.refund { words.append("  refund \(money(refund))") }
    case .purchase:
      words += lines(event.lines) { line in
        let less = line.discount == 0 ? "" : " less \(money(line.discount))"
        return "\(line.quantity.text) × \(line.sku), \(money(line.amount))\(less)"
      }
      let parts = [("discount", event.orderDiscount), ("shipping", event.shipping), ("tax", event.tax)]
      words += parts.filter { $0.1 != 0 }.map { "  \($0.0) \(money($0.1))" }
      words.append("  total \(money(event.total))")
    }
    return words.joined(separator: "\n")
  }

  private static func kind(_ event: Transaction) -> String {
    switch event.kind {
    case .purchase: "purchase \(event.id)"
    case .returned(let returned): "return \(event.id) of purchase \(returned.purchaseId)"
    case .cancelled(let purchaseId): "cancellation \(event.id) of purchase \(purchaseId)"
    }
  }

  private static func member(_ member: MemberReference) -> String {
    switch member {
    case .id(let id): "member \(id)"
    case .card: "member by card"
    case .phone: "member by phone"
    case .email: "member by e-mail"
    case .nobody: "nobody's, to be claimed"
    }
  }

  private static func lines<Line>(_ lines: [Line], _ describe: (Line) -> String) -> [String] {
    let rest = lines.count - linesMax
    return lines.prefix(linesMax).map { "  " + describe($0) } + (rest > 0 ? ["  and \(rest) lines more"] : [])
  }

  /// `1,234.50`: the digits of minor units, in groups of three before the point.
  private static func grouped(_ amount: Int64, exponent: UInt8) -> String {
    let unit = (0..<exponent).reduce(Int64(1)) { unit, _ in unit * 10 }
    let whole = Inquiry.grouped(Int64(amount.magnitude) / unit)
    let sign = amount < 0 ? "-" : ""
    guard exponent > 0 else { return sign + whole }
    let rest = String(Int64(amount.magnitude) % unit)
    return sign + whole + "." + String(repeating: "0", count: Int(exponent) - rest.count) + rest
  }
}
