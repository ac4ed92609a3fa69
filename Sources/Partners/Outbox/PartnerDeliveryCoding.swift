import JSON
import Loyalty

/// How a delivery is kept: as JSON, which holds no code of a voucher. A worker writes it into its row.
extension PartnerDelivery {
  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", .string(order.id)), .init("partner", .string(order.partner)),
      .init("product", .string(order.product)), .init("quantity", .number("\(order.quantity)")),
      .init("day", .string(order.day.text)), .init("validUntil", .string(order.validUntil.text)),
      .init("askedAt", Self.value(order.askedAt)), .init("reference", .string(reference.text)),
      .init("calls", .number("\(calls)")), .init("issues", .number("\(issues)")),
      .init("questions", .number("\(questions)")),
      .init("wasInDoubt", .bool(wasInDoubt)), .init("lastCode", .string(lastCode)),
    ]
    if let lastIssueAt { members.append(.init("lastIssueAt", Self.value(lastIssueAt))) }
    return .object(members + stateMembers)
  }

  private var stateMembers: [JSONValue.Member] {
    switch state {
    case .ready(let ready): [.init("state", .string("ready")), .init("notBefore", Self.value(ready.notBefore))]
    case .asking(let out): [.init("state", .string("asking"))] + Self.members(out)
    case .doubtful(let doubtful):
      [
        .init("state", .string("doubtful")), .init("notBefore", Self.value(doubtful.notBefore)),
        .init("since", Self.value(doubtful.since)),
      ] + Self.members(doubtful.refusal)
    case .checking(let out, let refusal):
      [.init("state", .string("checking"))] + Self.members(out) + Self.members(refusal)
    case .issued(let issued):
      [
        .init("state", .string("issued")), .init("at", Self.value(issued.at)),
        .init("count", .number("\(issued.count)")), .init("serials", .array(issued.serials.map { .string($0) })),
      ]
    case .refused(let refusal, let at):
      [.init("state", .string("refused")), .init("at", Self.value(at))] + Self.members(refusal)
    }
  }

  private static func members(_ out: Out) -> [JSONValue.Member] {
    [.init("number", .number("\(out.number)")), .init("since", value(out.since))]
      + (out.doubtfulSince.map { [.init("doubtfulSince", value($0))] } ?? [])
  }

  private static func members(_ refusal: PartnerRefusal?) -> [JSONValue.Member] {
    guard let refusal else { return [] }
    return [.init("refusal", .string(refusal.code))]
      + (refusal.detail.map { [.init("refusalDetail", .string($0))] } ?? [])
  }

  private static func value(_ instant: Instant) -> JSONValue { .number("\(instant.milliseconds)") }

  /// nil: it is none that ``json`` wrote.
  package init?(json: JSONValue) {
    guard let id = json["id"]?.string, let partner = json["partner"]?.string, let product = json["product"]?.string,
      let quantity = json["quantity"]?.integer, PartnerOrder.quantities.contains(Int(clamping: quantity)),
      let day = json["day"]?.string.flatMap({ LocalDate(text: $0) }),
      let validUntil = json["validUntil"]?.string.flatMap({ LocalDate(text: $0) }),
      let askedAt = json.instant("askedAt"),
      let reference = json["reference"]?.string, let calls = json["calls"]?.integer,
      let issues = json["issues"]?.integer,
      let questions = json["questions"]?.integer, let wasInDoubt = json["wasInDoubt"]?.bool,
      let lastCode = json["lastCode"]?.string, let state = State(json: json)
    else { return nil }
    self.init(
      order: PartnerOrder(
        id: id, partner: partner, product: product, quantity: Int(quantity), day: day, validUntil: validUntil,
        askedAt: askedAt),
      reference: PartnerReference(restored: reference), state: state, calls: Int(calls), issues: Int(issues),
      questions: Int(questions),
      wasInDoubt: wasInDoubt, lastIssueAt: json.instant("lastIssueAt"), lastCode: lastCode)
  }
}

extension PartnerDelivery.State {
  fileprivate init?(json: JSONValue) {
    let refusal = PartnerRefusal(json: json)
    let out = json["number"]?.integer.flatMap { number in
      json.instant("since").map {
        PartnerDelivery.Out(number: Int(number), since: $0, doubtfulSince: json.instant("doubtfulSince"))
      }
    }
    switch json["state"]?.string {
    case "ready":
      guard let notBefore = json.instant("notBefore") else { return nil }
      self = .ready(.init(notBefore: notBefore))
    case "asking":
      guard let out else { return nil }
      self = .asking(out)
    case "doubtful":
      guard let notBefore = json.instant("notBefore"), let since = json.instant("since") else { return nil }
      self = .doubtful(.init(notBefore: notBefore, since: since, refusal: refusal))
    case "checking":
      guard let out else { return nil }
      self = .checking(out, refusal: refusal)
    case "issued":
      guard let at = json.instant("at"), let count = json["count"]?.integer else { return nil }
      self = .issued(
        .init(at: at, count: Int(count), serials: (json["serials"]?.elements ?? []).compactMap(\.string)))
    case "refused":
      guard let at = json.instant("at"), let refusal else { return nil }
      self = .refused(refusal, at: at)
    default: return nil
    }
  }
}

extension PartnerRefusal {
  fileprivate init?(json: JSONValue) {
    let detail = json["refusalDetail"]?.string ?? ""
    switch json["refusal"]?.string {
    case "out-of-stock": self = .outOfStock(detail)
    case "partner-refused": self = .partner(detail)
    case "cancelled-there": self = .cancelledThere
    case "gave-up": self = .gaveUp(detail)
    case "settled": self = .settled(by: detail)
    default: return nil
    }
  }
}

extension JSONValue {
  fileprivate func instant(_ key: String) -> Instant? { self[key]?.integer.map { Instant(milliseconds: $0) } }
}
