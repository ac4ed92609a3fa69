import Contracts
import Foundation
import JSON
import Loyalty
import Rewards
import Testing

/// The rewards of `topics/examples/rewards/`, and what their vouchers take off, by hand.
@Suite(.timeLimit(.minutes(10))) struct ExampleRewardTests {
  private static func rewards() throws -> [RewardDocument] { try documents(".reward") }
  private static func pools() throws -> [VoucherPoolDocument] { try documents(".pool") }

  private static func documents<Document: VersionedDocument>(_ ending: String) throws -> [Document] {
    try TopicFolder.files(in: "examples/rewards").filter { $0.key.hasSuffix(ending) }.sorted { $0.key < $1.key }
      .map { try Document($0.value, isNew: true) }
  }

  private static func pool(_ id: String) throws -> VoucherPoolDocument {
    try #require(try pools().first { $0.id == id })
  }

  @Test func everyExampleIsADocumentAndNamesWhatIsThere() throws {
    let rewards = try Self.rewards()
    let pools = try Self.pools()
    let partners: [PartnerDocument] = try Self.documents(".partner")
    #expect(rewards.map(\.id) == ["50k-off", "cinema-2d", "plant-a-tree", "free-drink", "gift-card-500k", "pay"])
    #expect(pools.count == 3 && partners.count == 1)
    let files = try TopicFolder.files(in: "examples/rewards")
    #expect(files.count == rewards.count + pools.count + partners.count)
    let coffee = try ProgramDocument.decode(try TopicFolder.files(in: "examples")["coffee"] ?? [])
    for document in rewards {
      #expect(document.reward.programId == coffee.id)
      let least = document.reward.payment.map { [$0.rate.pointsMin] } ?? document.reward.costs.map(\.points)
      #expect(least.allSatisfy { $0 >= coffee.redemption.minimumPoints }, "\(document.id)")
      #expect(document.names.name(in: ["vi"]) != nil && document.names.name(in: ["en"]) != nil, "\(document.id)")
      switch document.reward.delivery {
      case .voucher(let id): #expect(pools.contains { $0.id == id }, "\(document.id)")
      case .partner(let id, _): #expect(partners.contains { $0.id == id }, "\(document.id)")
      case .manual, .money: break
      }
    }
  }

  private static func toPay(_ pool: VoucherPoolDocument, _ lines: [BasketLine]) throws -> (Int64, VoucherRefusal?) {
    let dong = try #require(Currency.known("VND"))
    let card: Int64 = if case .value(let value) = pool.uses { value } else { 0 }
    let answer = BasketDiscounts.apply(
      [BasketVoucher(id: "V", terms: pool.terms, credit: card)], to: Basket(currency: dong, lines: lines))
    return (answer.toPay, answer.deductions[0].refusal)
  }

  private static let latte = BasketLine(sku: "latte", category: "drinks", amount: 45_000)
  private static let beans = BasketLine(sku: "beans", category: "beans", amount: 180_000)

  @Test func theFreeDrinkIsTheCheapestDrink() throws {
    let tea = BasketLine(sku: "tea", category: "drinks", amount: 30_000)
    let pool = try Self.pool("free-drink")
    #expect(try Self.toPay(pool, [Self.latte, tea, Self.beans]) == (225_000, nil))
    #expect(try Self.toPay(pool, [Self.beans]).1 == .noEffect)
  }

  @Test func fiftyThousandComeOffTwoHundredThousandAndMore() throws {
    let pool = try Self.pool("50k-off")
    #expect(try Self.toPay(pool, [Self.latte, Self.beans]) == (175_000, nil))
    #expect(try Self.toPay(pool, [Self.beans]).1 == .belowMinimum(needed: 200_000, has: 180_000))
  }

  @Test func theGiftCardPaysAndKeepsTheRest() throws {
    let pool = try Self.pool("gift-card-500k")
    #expect(try Self.toPay(pool, [Self.latte, Self.beans]) == (0, nil))
    #expect(pool.uses == .value(500_000))
    let issuedAt = try #require(Instant(rfc3339: "2027-03-01T10:00:00Z"))
    #expect(pool.validity.span(issuedAt: issuedAt, in: pool.calendar).until == Instant(rfc3339: "2028-02-29T17:00:00Z"))
  }

  @Test func theFreeDrinkIsCheaperInTheMonthOfTheBirthday() throws {
    let drink = try #require(try Self.rewards().first { $0.id == "free-drink" }).reward
    let calendar = try Self.pool("free-drink").calendar
    func price(_ instant: String) throws -> Points? {
      let at = try #require(Instant(rfc3339: instant))
      var traits = MemberTraits()
      traits.birthday = .init(month: 5, day: 20)
      return drink.price(for: MemberMoment(at: at, level: nil, traits: traits, calendar: calendar))
    }
    #expect(try price("2027-05-01T00:00:00+07:00") == 300)
    #expect(try price("2027-04-30T23:59:59+07:00") == 400)
  }

  // MARK: The guides

  private static func pieces(_ page: String) throws -> [JSONValue] {
    let url = TopicFolder.url.deletingLastPathComponent().appending(path: "docs/\(page)")
    let text = try String(contentsOf: url, encoding: .utf8)
    return try text.components(separatedBy: "```json\n").dropFirst().map {
      try JSONValue(parsing: Array($0.components(separatedBy: "\n```")[0].utf8))
    }
  }

  /// `docs/rewards.md` shows what this version reads.
  @Test func everyPieceOfTheGuideIsADocument() throws {
    var kinds: [String: Int] = [:]
    for piece in try Self.pieces("rewards.md") {
      #expect(throws: Never.self, "\(piece.compact)") {
        if piece["deliver"] != nil {
          kinds["reward", default: 0] += 1
          _ = try RewardDocument(piece, isNew: true)
        } else if piece["effect"] != nil {
          kinds["pool", default: 0] += 1
          _ = try VoucherPoolDocument(piece, isNew: true)
        } else {
          kinds["partner", default: 0] += 1
          _ = try PartnerDocument(piece, isNew: true)
        }
      }
    }
    #expect(kinds["reward"] ?? 0 >= 2 && kinds["pool"] ?? 0 >= 2 && kinds["partner"] == 1)
  }

  /// `docs/vouchers.md` shows a basket that a till may send.
  @Test func theBasketOfTheGuideIsOne() throws {
    let baskets = try Self.pieces("vouchers.md").filter { $0["lines"] != nil }
    #expect(baskets.count == 1)
    for basket in baskets {
      let told = try Array(basket.compact.utf8).withUnsafeBytes { try Basket(decoding: $0) }
      #expect(told.total == 285_000)
    }
  }
}
