import JSON
import Loyalty
import Rewards

/// What a voucher promises, as `loyalty.vouchers` and the messages between its owners tell it.
extension VoucherTerms {
  package func encode(to writer: inout JSONWriter) {
    let exponent = currency?.exponent ?? 0
    writer.beginObject()
    writer.field("effect", effect.word.rawValue)
    writer.field("currency", currency?.code)
    effect.encodeFields(to: &writer, exponent)
    stores.encode(to: &writer, "stores")
    products.skus.encode(to: &writer, "skus")
    products.categories.encode(to: &writer, "categories")
    products.brands.encode(to: &writer, "brands")
    if let minimum {
      writer.key("minimum")
      writer.beginObject()
      writer.amount("amount", minimum.minorUnits, exponent)
      if minimum.units != 0 { writer.field("units", minimum.units) }
      writer.field("includesTax", minimum.includesTax)
      writer.endObject()
    }
    writer.field("combinable", isCombinable)
    writer.endObject()
  }

  init(reading reader: inout JSONReader) throws {
    var fields = TermFields()
    try reader.beginObject()
    while let key = try reader.nextField() { try fields.read(key, &reader) }
    self = try fields.terms(in: reader)
  }
}

extension VoucherEffect {
  /// The value of `effect`.
  package enum Word: String, CaseIterable, Sendable {
    case amount, percent
    case freeUnits = "free-units"
    case freeShipping = "free-shipping"
    case credit
  }

  package var word: Word {
    switch self {
    case .amount: .amount
    case .percent: .percent
    case .freeUnits: .freeUnits
    case .freeShipping: .freeShipping
    case .credit: .credit
    }
  }

  fileprivate func encodeFields(to writer: inout JSONWriter, _ exponent: UInt8) {
    switch self {
    case .amount(let off):
      writer.field("amount", minorUnits: off.minorUnits, exponent: exponent)
      writer.field("per", off.per.rawValue)
      writer.field("spread", off.spread.rawValue)
      if let most = off.unitsPerLineMax { writer.field("unitsPerLineMax", most) }
    case .percent(let percent, let cap):
      writer.field("percent", percent)
      if let cap { writer.field("cap", minorUnits: cap, exponent: exponent) }
    case .freeUnits(let free):
      writer.field("buy", free.buy)
      writer.field("get", free.get)
      if let most = free.timesMax { writer.field("timesMax", most) }
      writer.field("adding", free.adding.rawValue)
    case .freeShipping(let cap):
      if let cap { writer.field("cap", minorUnits: cap, exponent: exponent) }
    case .credit: break
    }
  }
}

/// The fields of terms, before effect and currency have said what they mean.
private struct TermFields {
  private var word: VoucherEffect.Word?
  private var currency: Currency?
  private var amounts: [String: RawAmount] = [:]
  private var counts: [String: Int64] = [:]
  private var percent: ExactDecimal?
  private var per = AmountOff.Per.basket
  private var spread = AmountOff.Spread.amount
  private var adding = FreeUnits.Adding.none
  private var selections: [String: Condition.Selection] = [:]
  private var minimum: (amount: RawAmount?, units: Int64, includesTax: Bool)?
  private var isCombinable = true

  mutating func read(_ key: JSONText, _ reader: inout JSONReader) throws {
    switch key {
    case "effect": word = try reader.word(VoucherEffect.Word.self)
    case "currency": currency = try reader.currency()
    case "amount", "cap": amounts[key.string] = try RawAmount(reading: &reader)
    case "buy": counts["buy"] = try reader.count(atLeast: 0, atMost: BasketLine.quantityMax)
    case "get", "timesMax", "unitsPerLineMax":
      counts[key.string] = try reader.count(atLeast: 1, atMost: BasketLine.quantityMax)
    case "percent":
      let value = try reader.decimal(orThrow: .invalidValue)
      guard !value.isNegative, value <= ExactDecimal(100), value.scale <= VoucherEffect.percentScaleMax else {
        throw reader.violation(.invalidValue, "must be a percentage, from 0 to 100, of at most 6 decimals")
      }
      percent = value
    case "per": per = try reader.word(AmountOff.Per.self)
    case "spread": spread = try reader.word(AmountOff.Spread.self)
    case "adding": adding = try reader.word(FreeUnits.Adding.self)
    case "stores", "skus", "categories", "brands":
      selections[key.string] = try Condition.Selection(reading: &reader)
    case "minimum": minimum = try Self.minimum(&reader)
    case "combinable": isCombinable = try reader.bool()
    default: try reader.skipValue()
    }
  }

  private static func minimum(_ reader: inout JSONReader) throws -> (RawAmount?, Int64, Bool) {
    var amount: RawAmount?
    var units: Int64 = 0
    var includesTax = true
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "amount": amount = try RawAmount(reading: &reader)
      case "units": units = try reader.count(atLeast: 0)
      case "includesTax": includesTax = try reader.bool()
      default: try reader.skipValue()
      }
    }
    return (amount, units, includesTax)
  }

  func terms(in reader: borrowing JSONReader) throws -> VoucherTerms {
    let exponent = currency?.exponent ?? 0
    var terms = VoucherTerms(
      try effect(exponent, reader), currency: currency, stores: selections["stores"] ?? .init(),
      products: ProductSelection(
        skus: selections["skus"] ?? .init(), categories: selections["categories"] ?? .init(),
        brands: selections["brands"] ?? .init()),
      isCombinable: isCombinable)
    if let minimum {
      terms.minimum = VoucherTerms.Minimum(
        minorUnits: try minimum.amount.minorUnits(exponent, .notNegative, reader) ?? 0, units: minimum.units,
        includesTax: minimum.includesTax)
    }
    return terms
  }

  private func effect(_ exponent: UInt8, _ reader: borrowing JSONReader) throws -> VoucherEffect {
    let cap = try amounts["cap"].minorUnits(exponent, .notNegative, reader)
    switch try word.required("effect", in: reader) {
    case .amount:
      let amount = try amounts["amount"].required("amount", in: reader)
      return .amount(
        AmountOff(
          try amount.minorUnits(exponent, .notNegative, reader), per: per, spread: spread,
          unitsPerLineMax: counts["unitsPerLineMax"]))
    case .percent: return .percent(try percent.required("percent", in: reader), cap: cap)
    case .freeUnits:
      return .freeUnits(
        FreeUnits(
          buy: try counts["buy"].required("buy", in: reader), get: try counts["get"].required("get", in: reader),
          timesMax: counts["timesMax"], adding: adding))
    case .freeShipping: return .freeShipping(cap: cap)
    case .credit: return .credit
    }
  }
}

extension Condition.Selection {
  fileprivate func encode(to writer: inout JSONWriter, _ name: StaticString) {
    guard include != nil || !exclude.isEmpty else { return }
    writer.key(name)
    writer.beginObject()
    if let include { Self.list(include, "include", to: &writer) }
    if !exclude.isEmpty { Self.list(exclude, "exclude", to: &writer) }
    writer.endObject()
  }

  private static func list(_ values: Set<String>, _ name: StaticString, to writer: inout JSONWriter) {
    writer.key(name)
    writer.beginArray()
    for value in values.sorted() { writer.string(value) }
    writer.endArray()
  }

  fileprivate init(reading reader: inout JSONReader) throws {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "include": include = try Self.values(&reader)
      case "exclude": exclude = try Self.values(&reader)
      default: try reader.skipValue()
      }
    }
  }

  private static func values(_ reader: inout JSONReader) throws -> Set<String> {
    var values: Set<String> = []
    try reader.beginArray()
    while try reader.nextElement() { values.insert(try reader.madeText()) }
    return values
  }
}

extension JSONReader {
  mutating func currency() throws -> Currency {
    guard let currency = Currency.known(try text().bytes) else {
      throw violation(.unknownCurrency, "must be an ISO 4217 currency code such as VND")
    }
    return currency
  }
}
