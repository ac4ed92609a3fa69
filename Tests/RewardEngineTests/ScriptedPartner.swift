import JSON
import Partners
import RewardEngine

/// A partner who takes plain JSON, and meets each order as it was told to.
final class ScriptedPartner: PartnerCaller {
  enum Turn {
    /// The order is done, and the answer lost; not done, and lost; no byte went out.
    case cutAfter, cutBefore, notSent
    /// It says no, with a code of its contract.
    case refuse(String)
    /// It is done, and these codes are given.
    case give([String])
  }

  /// Of the orders to come, and of questions; then all is done.
  var turns: [Turn] = []
  var statusTurns: [Turn] = []
  /// Once, while the next call is out.
  var meanwhile: (() -> Void)?
  private(set) var calls: [String] = []
  private(set) var references: Set<String> = []
  /// Codes by reference.
  private(set) var orders: [String: [String]] = [:]
  private var made = 0

  func close() {}

  func call(_ request: PartnerRequest) -> PartnerAnswer {
    if let meanwhile {
      self.meanwhile = nil
      meanwhile()
    }
    return request.isPost ? issue(request) : status(request)
  }

  private func issue(_ request: PartnerRequest) -> PartnerAnswer {
    let body = try? JSONValue(parsing: request.body)
    guard let reference = body?["reference"]?.string, let quantity = body?["quantity"]?.integer else {
      preconditionFailure("an order without a reference")
    }
    calls.append("issue")
    references.insert(reference)
    let turn = turns.isEmpty ? nil : turns.removeFirst()
    switch turn {
    case .cutBefore: return .lost
    case .notSent: return .notSent
    case .refuse(let code): return answer(409, [.init("code", .string(code))])
    case .cutAfter:
      _ = done(reference, quantity)
      return .lost
    case .give(let codes):
      orders[reference] = orders[reference] ?? codes
      return issued(reference)
    case nil: return done(reference, quantity)
    }
  }

  private func done(_ reference: String, _ quantity: Int64) -> PartnerAnswer {
    if orders[reference] == nil {
      orders[reference] = (0..<quantity).map { _ in
        made += 1
        return "TEA-\(9_000 + made)"
      }
    }
    return issued(reference)
  }

  private func status(_ request: PartnerRequest) -> PartnerAnswer {
    calls.append("status")
    switch statusTurns.isEmpty ? nil : statusTurns.removeFirst() {
    case .cutAfter, .cutBefore: return .lost
    case .notSent: return .notSent
    case .refuse(let code): return answer(409, [.init("code", .string(code))])
    case .give, nil: break
    }
    let reference = request.url.split(separator: "/").last.map(String.init) ?? ""
    return orders[reference] == nil ? answer(404, [.init("code", .string("unknown-reference"))]) : issued(reference)
  }

  private func issued(_ reference: String) -> PartnerAnswer {
    let vouchers = (orders[reference] ?? []).map { code in
      JSONValue.object([.init("code", .string(code)), .init("serial", .string("S\(code.suffix(4))"))])
    }
    return answer(200, [.init("state", .string("issued")), .init("vouchers", .array(vouchers))])
  }

  private func answer(_ status: Int, _ members: [JSONValue.Member]) -> PartnerAnswer {
    .answered(status: status, headers: [:], body: Array(JSONValue.object(members).compact.utf8))
  }
}
