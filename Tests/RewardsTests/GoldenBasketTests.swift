import Loyalty
import Rewards
import TestValues
import Testing

/// The arithmetic of baskets is what the independent model says.
@Suite(.timeLimit(.minutes(10))) struct GoldenBasketTests {
  @Test func everyBasketComesToWhatTheModelSays() throws {
    let lines = try GoldenVectors.lines(of: "baskets.txt")
    #expect(lines.count >= 1_000)
    for (place, line) in lines.enumerated() {
      let fields = line.parts(" ")
      let basket = basket(fields[1], shipping: fields[0])
      let vouchers = fields[2].parts(";").enumerated().map { voucher($0.element, "V\($0.offset)") }
      let answer = BasketDiscounts.apply(vouchers, to: basket)
      let offs = answer.deductions.map { off($0) }.joined(separator: ";")
      let left = answer.lines.map(String.init).joined(separator: ",") + "+\(answer.shipping)"
      #expect([offs, left] == Array(fields[4...]), "line \(place + 1) of baskets.txt: \(line)")
    }
  }

  private func off(_ deduction: Deduction) -> String {
    if let refusal = deduction.refusal { return refusal.code }
    let lines = deduction.lines.map(String.init).joined(separator: ",")
    return "\(lines)+\(deduction.shipping)+\(deduction.addedUnits)"
  }

  private func basket(_ text: String, shipping: String) -> Basket {
    let lines = text.parts("/").map { line in
      let parts = line.parts(".")
      return BasketLine(
        sku: parts[0], quantity: number(parts[1]) ?? 0, amount: number(parts[2]) ?? 0, tax: number(parts[3]) ?? 0)
    }
    return Basket(currency: usd, lines: lines, shipping: number(shipping) ?? 0)
  }

  private func voucher(_ text: String, _ id: String) -> BasketVoucher {
    let parts = text.parts(":")
    let effect = parts[0].parts(",")
    var terms = VoucherTerms(self.effect(effect))
    let skus = Set(parts[1].dropFirst().map(String.init))
    if parts[1].hasPrefix("+") { terms.products = ProductSelection(skus: .init(include: skus)) }
    if parts[1].hasPrefix("-") { terms.products = ProductSelection(skus: .init(exclude: skus)) }
    if parts[2] != "-" {
      let minimum = parts[2].parts(".")
      terms.minimum = .init(
        minorUnits: number(minimum[0]) ?? 0, units: number(minimum[1]) ?? 0, includesTax: minimum[2] == "gross")
    }
    terms.isCombinable = parts[3] == "together"
    let rooms = parts[4].parts(",")
    let ofSku = rooms.dropFirst().map { $0.parts("=") }
    return BasketVoucher(
      id: id, terms: terms, credit: effect[0] == "credit" ? number(effect[1]) ?? 0 : 0,
      room: UnitRoom(
        left: number(rooms[0]),
        leftOfSku: Dictionary(uniqueKeysWithValues: ofSku.map { ($0[0], number($0[1]) ?? 0) })))
  }

  private func effect(_ parts: [String]) -> VoucherEffect {
    switch parts[0] {
    case "amount":
      return .amount(
        AmountOff(
          number(parts[1]) ?? 0, per: .init(rawValue: parts[2]) ?? .basket,
          spread: .init(rawValue: parts[3]) ?? .amount,
          unitsPerLineMax: number(parts[4])))
    case "percent": return .percent(decimal(parts[1]), cap: number(parts[2]))
    case "free":
      return .freeUnits(
        FreeUnits(
          buy: number(parts[1]) ?? 0, get: number(parts[2]) ?? 0, timesMax: number(parts[3]),
          adding: .init(rawValue: parts[4]) ?? .none))
    case "freight": return .freeShipping(cap: number(parts[1]))
    default: return .credit
    }
  }
}
