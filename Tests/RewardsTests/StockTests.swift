import Rewards
import TestValues
import Testing

/// start = free + held + given − returned, whatever comes in whatever order, and however often.
@Suite(.timeLimit(.minutes(10))) struct StockTests {
  @Test(arguments: 0..<20) func stockBalancesUnderAnyOrder(group: UInt64) {
    for seed in group * 50..<(group + 1) * 50 {
      var chance = SplitMix(seed: seed)
      var stock = RewardStock(start: Int64(chance.below(8)))
      var claims: [Int: RewardStock.Claim] = [:]
      for _ in 0..<60 {
        let redemption = chance.below(12)
        switch chance.below(7) {
        case 0...2: claims[redemption] = stock.hold(Int64(1 + redemption % 3), for: claims[redemption])
        case 3, 4: claims[redemption] = claims[redemption].map { stock.give($0) }
        case 5: claims[redemption] = claims[redemption].map { stock.giveBack($0) }
        default: _ = stock.restock(by: Int64(chance.below(7)) - 3)
        }
        let have = claims.values.reduce(into: (held: Int64(0), given: Int64(0))) { sum, claim in
          if case .held(let pieces) = claim { sum.held += pieces }
          if case .given(let pieces) = claim { sum.given += pieces }
        }
        #expect(stock.isBalanced, "seed \(seed)")
        #expect(stock.held == have.held && stock.given - stock.returned == have.given, "seed \(seed)")
      }
    }
  }

  @Test func aStepThatComesAgainMovesNothing() {
    var stock = RewardStock(start: 2)
    let held = stock.hold(2, for: nil)
    #expect(stock.hold(2, for: held) == held && stock.free == 0)
    #expect(stock.hold(1, for: nil) == .refused(left: 0))
    let given = stock.give(held)
    #expect(stock.give(given) == given && stock.given == 2)
    let returned = stock.giveBack(given)
    #expect(stock.giveBack(returned) == returned && stock.free == 2)
    // A redemption that was given back does not hold anew under its old claim.
    #expect(stock.hold(2, for: returned) == returned && stock.held == 0)
  }

  @Test func onlyFreePiecesAreLost() {
    var stock = RewardStock(start: 3)
    _ = stock.hold(2, for: nil)
    #expect(stock.restock(by: -5) == -1)
    #expect(stock.free == 0 && stock.start == 2 && stock.isBalanced)
  }
}
