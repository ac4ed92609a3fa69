import Loyalty
import Rewards
import ServiceDomain
import StreamRuntime

/// A voucher's terms as fields of a row.
extension RowEncoder {
  func terms(_ terms: VoucherTerms) {
    effect(terms.effect)
    bool(terms.currency != nil)
    if let currency = terms.currency { self.currency(currency) }
    selection(terms.stores)
    selection(terms.products.skus)
    selection(terms.products.categories)
    selection(terms.products.brands)
    bool(terms.minimum != nil)
    if let minimum = terms.minimum {
      int(minimum.minorUnits)
      int(minimum.units)
      bool(minimum.includesTax)
    }
    bool(terms.isCombinable)
  }

  private func effect(_ effect: VoucherEffect) {
    switch effect {
    case .amount(let off):
      byte(0)
      int(off.minorUnits)
      string(off.per.rawValue)
      string(off.spread.rawValue)
      optionalInt(off.unitsPerLineMax)
    case .percent(let percent, let cap):
      byte(1)
      decimal(percent)
      optionalInt(cap)
    case .freeUnits(let free):
      byte(2)
      int(free.buy)
      int(free.get)
      optionalInt(free.timesMax)
      string(free.adding.rawValue)
    case .freeShipping(let cap):
      byte(3)
      optionalInt(cap)
    case .credit: byte(4)
    }
  }

  private func selection(_ selection: Condition.Selection) {
    bool(selection.include != nil)
    if let include = selection.include { list(include.sorted()) { string($0) } }
    list(selection.exclude.sorted()) { string($0) }
  }
}

extension RowDecoder {
  mutating func terms() throws -> VoucherTerms {
    let effect = try effect()
    let currency = try bool() ? try currency() : nil
    let stores = try selection()
    let products = ProductSelection(skus: try selection(), categories: try selection(), brands: try selection())
    var minimum: VoucherTerms.Minimum?
    if try bool() {
      minimum = VoucherTerms.Minimum(minorUnits: try sum(), units: try count(), includesTax: try bool())
    }
    return VoucherTerms(
      effect, currency: currency, stores: stores, products: products, minimum: minimum, isCombinable: try bool())
  }

  private mutating func effect() throws -> VoucherEffect {
    switch try byte() {
    case 0:
      let off = try sum()
      let per: AmountOff.Per = try word()
      return .amount(AmountOff(off, per: per, spread: try word(), unitsPerLineMax: try optionalCount()))
    case 1:
      let percent = try decimal()
      guard percent.scale <= VoucherEffect.percentScaleMax else {
        throw RowFormatError("a percentage of \(percent.scale) decimals")
      }
      return .percent(percent, cap: try optionalCount())
    case 2:
      let (buy, get, most) = (try count(), try count(), try optionalCount())
      return .freeUnits(FreeUnits(buy: buy, get: get, timesMax: most, adding: try word()))
    case 3: return .freeShipping(cap: try optionalCount())
    case 4: return .credit
    case let other: throw RowFormatError("an effect of kind \(other)")
    }
  }

  private mutating func optionalCount() throws -> Int64? { try bool() ? try count() : nil }

  private mutating func selection() throws -> Condition.Selection {
    let include = try bool() ? Set(try list { try $0.string() }) : nil
    return Condition.Selection(include: include, exclude: Set(try list { try $0.string() }))
  }
}
