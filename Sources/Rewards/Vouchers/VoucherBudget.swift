/// What a pool or campaign may give in all: uses, or money in minor units. Its owner takes from it in the order of its
/// log. A bill counts once, whatever it takes; what was given back may be taken again.
package struct VoucherBudget: Equatable, Sendable {
  package enum Unit: String, Sendable, CaseIterable {
    case uses, money
  }

  package let unit: Unit
  package let limit: Int64
  /// What each bill took.
  private var taken: [String: Int64] = [:]

  package init(_ unit: Unit, limit: Int64) {
    self.unit = unit
    self.limit = limit
  }

  package var used: Int64 { taken.values.reduce(0, +) }
  package var left: Int64 { limit - used }

  /// - Parameter money: of a budget of uses it does not matter: a bill takes one.
  /// - Returns: why nothing was taken; nil: it was, or had been before.
  package mutating func take(_ money: Int64, for bill: String) -> VoucherRefusal? {
    guard taken[bill] == nil else { return nil }
    let asked = unit == .uses ? 1 : money
    guard asked <= left else {
      return unit == .uses ? .limitReached(limit: limit, asked: asked) : .budgetExhausted(left: left, asked: asked)
    }
    taken[bill] = asked
    return nil
  }

  /// Of a bill that took nothing, or gave it back before, nothing.
  package mutating func giveBack(_ bill: String) { taken[bill] = nil }
}
