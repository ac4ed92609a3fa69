/// How many pieces a voucher may still work on, where its campaign, pool or member has a limit of pieces.
package struct UnitRoom: Equatable, Sendable {
  /// nil: without limit.
  package private(set) var left: Int64?
  /// Of the articles named; others are without limit.
  package private(set) var leftOfSku: [String: Int64]

  package init(left: Int64? = nil, leftOfSku: [String: Int64] = [:]) {
    self.left = left
    self.leftOfSku = leftOfSku
  }

  /// How many of the wanted pieces there is room for; that room is taken.
  package mutating func take(_ wanted: Int64, of sku: String) -> Int64 {
    let taken = max(0, min(wanted, left ?? wanted, leftOfSku[sku] ?? wanted))
    if let left { self.left = left - taken }
    if let ofSku = leftOfSku[sku] { leftOfSku[sku] = ofSku - taken }
    return taken
  }
}
