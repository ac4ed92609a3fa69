import JSON
import Loyalty

/// What `tiers` say about the metrics that are not one number of a purchase: `activities`, `rates` and `rateRounding`.
enum TierMeasureDocument {
  static let namesMax = 50
  private static let rateMax = ExactDecimal(1_000_000)
  private static let rateDecimals: UInt8 = 12

  /// - Parameters:
  ///   - metric: nil: it has a fault, which is told by itself.
  ///   - currencies: likewise.
  static func measures(
    _ fields: ProgramFields, metric: TierScheme.Metric?, currencies: [Currency]?
  ) -> (activities: ActivityMeasure?, rates: TierRates?) {
    (activities(fields, metric), rates(fields, metric, currencies))
  }

  private static func activities(_ fields: ProgramFields, _ metric: TierScheme.Metric?) -> ActivityMeasure? {
    guard let node = fields.node["activities"] else {
      if metric == .activities { _ = fields.required("activities") }
      return nil
    }
    if let metric, metric != .activities {
      fields.problems.add(node.path, "is for the metric \"activities\" alone")
    }
    guard let part = ProgramFields(node, fields.problems, known: ["names", "attribute"]) else { return nil }
    let names = part.required("names").flatMap { part.elements(of: $0, from: 1, to: namesMax) }
    let read = names?.compactMap { part.id($0) }
    let attribute = node["attribute"].flatMap { part.id($0) }
    return read.map { ActivityMeasure(names: Set($0), attribute: attribute) }
  }

  private static func rates(
    _ fields: ProgramFields, _ metric: TierScheme.Metric?, _ currencies: [Currency]?
  ) -> TierRates? {
    let rounding = fields.node["rateRounding"].map { fields.word($0, Rounding.self) } ?? .nearest
    guard let node = fields.node["rates"] else {
      if let field = fields.node["rateRounding"] { fields.problems.add(field.path, "needs rates beside it") }
      if metric == .spend, let currencies, currencies.count > 1 {
        fields.problems.add(
          fields.node.path + ".metric",
          "\"spend\" needs a programme of one currency, or rates of the others to \(currencies[0].code)")
      }
      return nil
    }
    if let metric, metric != .spend { fields.problems.add(node.path, "is for the metric \"spend\" alone") }
    guard let members = node.members else {
      fields.problems.add(node.path, "must be an object, not \(node.kind)")
      return nil
    }
    if members.isEmpty { fields.problems.add(node.path, "must name a currency") }
    var perUnit: [Currency: ExactDecimal] = [:]
    for (code, field) in members {
      guard let currency = Currency.known(code), currencies?.contains(currency) ?? true else {
        fields.problems.add(field.path, "is no currency of the programme")
        continue
      }
      if currency == currencies?.first {
        fields.problems.add(field.path, "is the programme's own currency, the first of its currencies: it has no rate")
      }
      let least = ExactDecimal(significand: 1, scale: rateDecimals)
      perUnit[currency] = fields.decimal(field, from: least, to: rateMax, decimals: rateDecimals)
    }
    return rounding.map { TierRates(perUnit: perUnit, rounding: $0) }
  }
}
