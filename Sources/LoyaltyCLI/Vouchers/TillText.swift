import Contracts
import Inquiry
import JSON
import Loyalty

/// The reward engine's answer to a till, for people and programs.
package struct TillText {
  private let answer: TillAnswer
  private let currency: Currency?

  package init(_ answer: TillAnswer, currency: Currency?) {
    self.answer = answer
    self.currency = currency
  }

  package var exitCode: ExitCode { answer.refusal == nil ? .done : .refused }

  package var text: String {
    if let refusal = answer.refusal { return "Refused: \(refusal.code), code \(refusal.place + 1). \(advice(refusal))" }
    var lines = [words]
    lines += answer.vouchers.map { "  " + line($0) }
    if let toPay = answer.toPay { lines.append("  left to pay: \(toPay.text) \(toPay.currency.code)") }
    return lines.joined(separator: "\n")
  }

  private var words: String {
    let hold = answer.hold.map { " (\($0))" } ?? ""
    return switch answer.outcome {
    case .usable: "Usable"
    case .held: "Held\(hold)"
    case .committed: "Used\(hold)"
    case .released: "Free again\(hold)"
    case .givenBack: "Given back\(hold)"
    case .cancelled: "Cancelled for good"
    case .refused: "Refused"
    }
  }

  private func line(_ voucher: TillAnswer.Item) -> String {
    var parts = ["\(voucher.id): \(voucher.state.rawValue), \(grouped(voucher.left)) left"]
    if let off = voucher.off {
      parts.append("takes off \(Money(minorUnits: off.total, currency: off.currency).text) \(off.currency.code)")
      if off.addedUnits > 0 { parts.append("\(off.addedUnits) pieces to put in") }
    }
    if let until = voucher.heldUntil { parts.append("held until \(until.rfc3339)") }
    return parts.joined(separator: ", ")
  }

  /// In numbers, and what to do about it.
  private func advice(_ refusal: TillAnswer.Refusal) -> String {
    let required = refusal.required ?? 0
    let available = refusal.available ?? 0
    let at = refusal.at?.rfc3339 ?? "then"
    return switch refusal.code {
    case "unknown": "no such code is out, or it is not this member's; look at what was typed, and at --member"
    case "not-yet": "it may be used from \(at) on"
    case "expired": "it could be used until \(at)"
    case "used": "\(grouped(available)) of \(grouped(required)) are left of it"
    case "already-used": "\(refusal.other ?? "another bill") used it at \(at)"
    case "cancelled": "it was cancelled at \(at), for good"
    case "held": "another bill holds it until \(at)"
    case "no-hold": "nothing is held under that id; hold it first"
    case "wrong-store": "it may not be used at this store; look at --store"
    case "below-minimum": "what it may work on comes to \(told(available)); it asks for \(told(required))"
    case "limit-reached": "\(grouped(required)) were asked for, \(grouped(available)) may be had"
    case "member-limit": "the member may use \(grouped(available)) more of the \(grouped(required)) of this period"
    case "budget-exhausted": "\(told(available)) are left of the budget, \(told(required)) were asked for"
    case "not-combinable": "it goes with no other; \(refusal.other ?? "another") stands before it"
    case "no-effect": "it would take nothing off this basket"
    case "throttled": "too many wrong codes came from this source; nothing is answered until \(at)"
    default: ""
    }
  }

  private func told(_ minorUnits: Int64) -> String {
    currency.map { "\(Money(minorUnits: minorUnits, currency: $0).text) \($0.code)" } ?? grouped(minorUnits)
  }

  package var json: JSONValue {
    guard let refusal = answer.refusal else {
      return Self.json(
        answer.id, "answered", .done, ("answer", .string(answer.outcome.rawValue)),
        ("hold", answer.hold.map { .string($0) }), ("vouchers", .array(answer.vouchers.map(json))),
        ("toPay", answer.toPay.map { .string($0.text) }), ("currency", answer.toPay.map { .string($0.currency.code) }))
    }
    return Self.json(
      answer.id, "answered", .refused, ("answer", .string(answer.outcome.rawValue)),
      ("hold", answer.hold.map { .string($0) }), ("refused", .string(refusal.code)),
      ("place", .count(refusal.place)), ("message", .string(advice(refusal))), ("at", refusal.at.map { .instant($0) }),
      ("required", refusal.required.map { .count($0) }), ("available", refusal.available.map { .count($0) }),
      ("other", refusal.other.map { .string($0) }))
  }

  private func json(_ voucher: TillAnswer.Item) -> JSONValue {
    .fields([
      "id": .string(voucher.id), "state": .string(voucher.state.rawValue), "left": .count(voucher.left),
      "heldUntil": voucher.heldUntil.map { .instant($0) },
      "off": voucher.off.map { .string(Money(minorUnits: $0.total, currency: $0.currency).text) },
      "currency": voucher.off.map { .string($0.currency.code) },
      "addedUnits": voucher.off.map { .count($0.addedUnits) },
    ])
  }

  static func json(
    _ command: String, _ outcome: String, _ code: ExitCode = .done, _ fields: (String, JSONValue?)...
  ) -> JSONValue {
    let own: [(String, JSONValue?)] = [
      ("command", .string(command)), ("outcome", .string(outcome)), ("exitCode", .count(code.rawValue)),
    ]
    return .object((own + fields).compactMap { name, value in value.map { .init(name, $0) } })
  }
}
