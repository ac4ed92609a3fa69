import Contracts
import GoldenRowChecks
import JSON
import Loyalty
import Partners
import RewardEngine
import Rewards
import ServiceDomain

extension RowSamples {
  static func rewardEngine() throws -> [RowSample] {
    var figures = FiguresRow()
    (figures.issued, figures.used, figures.givenBack) = (9, 5, 1)
    (figures.expired, figures.cancelled, figures.holdsOpen) = (2, 1, 3)
    figures.waiting = 4
    figures.refused = ["out-of-stock": 7, "held": 2]
    (figures.ordersOpen, figures.ordersInDoubt) = (6, 1)
    guard let stock = RewardStock(start: 100, free: 60, held: 10, given: 50, returned: 20) else {
      preconditionFailure("the sample does not add up")
    }
    return try [
      RowSample("levels", "a level", "M-1\u{1F}coffee", LevelRow("gold")),
      RowSample("uses", "two periods", "M-1\u{1F}latte", uses()),
      RowSample("uses", "none", "M-2\u{1F}latte", UsesRow()),
      RowSample("stock", "all kinds", "latte", StockRow(stock, version: 3, putIn: 100)),
      RowSample("claims", "held", "latte\u{1F}M-1\u{1F}r-1", ClaimRow(pieces: 2)),
      RowSample(
        "claims", "given", "latte\u{1F}M-1\u{1F}r-2", ClaimRow(pieces: 1, isGiven: true, forgetAt: instant(400))),
      RowSample("holders", "a voucher", "M-1\u{1F}" + issuedCode.digest.hexadecimal, HolderRow()),
      RowSample(
        "free-codes", "a code", "film\u{1F}" + issuedCode.digest.hexadecimal,
        FreeCodeRow(sealed: "c2Vh", codeEnd: "7Q4K")),
      RowSample(
        "free-codes", "one that ends", "film\u{1F}" + issuedCode.digest.hexadecimal,
        FreeCodeRow(sealed: "c2Vh", codeEnd: "7Q4K", validUntil: instant(31))),
      RowSample(
        "guesses", "wrong ones", "pos-hcm-07", GuessRow(GuessCount(since: instant(1), wrong: 3), forgetAt: instant(2))),
      RowSample("live-codes", "some", "own", LiveCodesRow(7)),
      RowSample(
        "bundles", "looked at", "pos\u{1F}t-1", BundleRow(command: "{}", step: .look, told: ["{}", nil])),
      RowSample("bundles", "acted on", "pos\u{1F}t-1", BundleRow(command: "{}", step: .act, told: [nil, nil])),
      RowSample("bundles", "undone", "pos\u{1F}t-1", BundleRow(command: "{}", step: .undo, told: [])),
      RowSample("grants", "a year", "M-1\u{1F}coffee\u{1F}birthday", GrantRow(day(1))),
      RowSample(
        "birthdays", "a leap day", "M-1",
        BirthdayRow(.init(month: 2, day: 29), year: 2027, knownSince: instant(1), wakeAt: instant(90))),
      RowSample("conversions", "nothing waits", "M-2\u{1F}coffee", ConversionRow(memberId: "M-2", programId: "coffee")),
      RowSample("conversions", "some wait", "M-1\u{1F}coffee", conversion()),
      RowSample("figures", "all", "figures", figures), RowSample("figures", "new", "figures", FiguresRow()),
      traits(), RowSample("traits", "nothing known", "M-2", MemberTraits(segments: [])), erasedMember(),
    ] + redemptions() + vouchers() + orders()
  }

  private static let issuedCode = RewardMessage.IssuedCode(
    digest: CodeDigest(high: 0x8F14_E45F_CEEA_167A, low: 0x5A36_DEDD_4BEA_2543), sealed: "uJx0c2VhbGVk",
    codeEnd: "7Q4K",
    counter: 1)

  private static func uses() -> UsesRow {
    var uses = MemberUses()
    uses.add(2, on: day(1), under: MemberLimit(3, per: .day))
    uses.add(1, on: day(2), under: MemberLimit(3, per: .day))
    return UsesRow(uses, forgetAt: instant(800))
  }

  private static func conversion() -> ConversionRow {
    let waits = PendingRewards(
      id: "coffee/convert/7", reward: "latte", count: 2, every: 700, cost: 1_500, dueAt: instant(14))
    return ConversionRow(
      memberId: "M-1", programId: "coffee", account: ConversionAccount(balance: 300, pending: [waits]), booking: 40,
      endAt: instant(30))
  }

  // MARK: Redemptions

  private static func redemptions() throws -> [RowSample] {
    let states: [(String, Redemption.State, Reward.Delivery)] = [
      ("asked", .asked, .voucher(pool: "own")), ("stock held", .stockHeld, .voucher(pool: "own")),
      ("delivering", .delivering, .manual), ("unknown", .unknown, .partner(id: "got-it", product: "CGV-2D")),
      ("issued", .issued("r-1"), .voucher(pool: "own")), ("used", .used("r-1"), .voucher(pool: "own")),
      ("expired", .expired("r-1"), .voucher(pool: "own")), ("cancelling", .cancelling("r-1"), .voucher(pool: "own")),
      ("cancelled", .cancelled, .money),
      ("refused", .refused(.deliveryFailed("out-of-stock")), .voucher(pool: "own")),
    ]
    return try states.enumerated().map { index, sample in
      let (name, state, delivery) = sample
      let redemption = Redemption(
        id: "r-1", memberId: "M-1", reward: "latte", version: 2, quantity: 2, points: 200, hasStock: index % 2 == 0,
        delivery: delivery,
        cancelTerms: .init(until: Reward.CancelTerms.Until.allCases[index % 3], days: index % 2 == 0 ? 7 : nil),
        askedAt: instant(1), state: state)
      var row = RedemptionRow(
        redemption, programId: index == 0 ? nil : "coffee",
        limit: index < Period.allCases.count ? MemberLimit(3, per: Period.allCases[index]) : nil, day: day(1))
      if index > 3 { row.pieces = pieces() }
      if index == 1 {
        row.poolLimit = .init(MemberLimit(1, per: .year), day: day(1))
        row.pointsAsk = .init(askedAt: instant(1), againAt: instant(2))
      }
      if index == 2 { row.reference = "table 7" }
      if delivery == .money { row.off = Money(minorUnits: 20_000, currency: .code("VND")) }
      if index > 6 { (row.cancelledBy, row.forgetAt) = ("c-1", instant(401)) }
      if index == 5 { (row.refunds, row.piecesPaidBack) = (2, 1) }
      return try RowSample("redemptions", name, "M-1\u{1F}r-1", row)
    }
  }

  private static func pieces() -> [RedemptionRow.Piece] {
    RedemptionRow.Piece.State.allCases.map { state in
      var code = state == .asked || state == .none ? nil : issuedCode
      if state == .used { code?.validUntil = instant(31) }
      return .init(state: state, code: code, validFrom: instant(1), validUntil: instant(31))
    }
  }

  // MARK: Vouchers

  private static func vouchers() throws -> [RowSample] {
    let key = issuedCode.digest.hexadecimal
    return try terms().enumerated().map { index, terms in
      let issue = VoucherIssue(
        voucher: "5f2c0d4e9a7b1c3d5e6f708192a3b4c5", memberId: "M-1", redemptionId: "r-1", piece: Int64(index),
        pool: "own", terms: terms, uses: terms.effect == .credit ? .value(500_000) : .times(3), validFrom: instant(1),
        validUntil: instant(31))
      var held = issue
      held.isPartners = index == 1
      let voucher = Voucher(
        id: issue.voucher, pool: issue.pool, holder: issue.memberId, terms: terms, uses: issue.uses,
        validFrom: issue.validFrom, validUntil: issue.validUntil, cancelledAt: index == 0 ? instant(9) : nil,
        holds: index == 1 ? holds() : [], redemptions: index == 2 ? redemptionsOfOne() : [])
      var code = issuedCode
      if index == 1 { code.validUntil = issue.validUntil }
      let row = VoucherRow.Held(
        issue: held, code: code, voucher: voucher, lookedAt: instant(9), isEndTold: index == 0,
        forgetAt: index == 0 ? instant(409) : nil)
      return try RowSample("vouchers", "terms \(index)", key, VoucherRow(row))
    } + [RowSample("vouchers", "spent", key, VoucherRow.spent)]
  }

  // MARK: Orders

  /// By what they were written as: the outbox has its own ways to come there.
  private static func orders() throws -> [RowSample] {
    let states = [
      #""state":"ready","notBefore":2"#, #""state":"asking","number":1,"since":3"#,
      #""state":"doubtful","notBefore":4,"since":3,"refusal":"out-of-stock","refusalDetail":"json-out-of-stock""#,
      #""state":"doubtful","notBefore":4,"since":3"#,
      #""state":"checking","number":2,"since":4,"doubtfulSince":3"#,
      #""state":"checking","number":2,"since":4,"doubtfulSince":3,"refusal":"partner-refused","refusalDetail":"x-1""#,
      #""state":"issued","at":5,"count":2,"serials":[]"#,
      #""state":"issued","at":5,"count":2,"serials":["S1","S2"]"#,
      #""state":"refused","at":5,"refusal":"settled","refusalDetail":"ann""#,
    ]
    return try states.enumerated().map { index, state in
      let json =
        #"{"id":"5f2c","partner":"got-it","product":"1541/2991","quantity":2,"day":"2026-11-22","#
        + #""validUntil":"2027-02-20","askedAt":1,"reference":"0007425f2c","calls":2,"issues":1,"questions":1,"#
        + #""wasInDoubt":\#(index > 0),"lastCode":"no-answer",\#(index > 0 ? #""lastIssueAt":2,"# : "")\#(state)}"#
      guard let delivery = PartnerDelivery(json: try JSONValue(parsing: json)) else {
        preconditionFailure("\(state) is no order")
      }
      var row = OrderRow(memberId: "M-1", redemptionId: "r-1", delivery)
      if index == 0 { row.putOffUntil = instant(2) }
      if index == 1 { row.leaseUntil = instant(3) }
      if index > 5 { row.forgetAt = instant(405) }
      return try RowSample("orders", "state \(index)", "M-1\u{1F}r-1", row)
    }
  }

  private static func terms() -> [VoucherTerms] {
    let some = Condition.Selection(include: ["latte", "mocha"], exclude: ["tea"])
    var terms: [VoucherTerms] = []
    for per in AmountOff.Per.allCases {
      for spread in AmountOff.Spread.allCases {
        let off = AmountOff(50_000, per: per, spread: spread, unitsPerLineMax: spread == .amount ? nil : 2)
        terms.append(
          VoucherTerms(
            .amount(off), currency: .code("VND"), stores: some,
            products: ProductSelection(skus: some, categories: some, brands: some),
            minimum: .init(minorUnits: 90_000, units: 2, includesTax: per == .basket), isCombinable: spread == .amount))
      }
    }
    terms += [
      VoucherTerms(.percent(ExactDecimal(significand: 125, scale: 1), cap: 30_000)),
      VoucherTerms(
        .percent(ExactDecimal(significand: 10, scale: 0), cap: nil), stores: Condition.Selection(include: [])),
      VoucherTerms(.freeShipping(cap: 15_000)), VoucherTerms(.freeShipping(cap: nil)), VoucherTerms(.credit),
    ]
    terms += FreeUnits.Adding.allCases.map { adding in
      VoucherTerms(.freeUnits(FreeUnits(buy: 2, get: 1, timesMax: adding == .none ? nil : 3, adding: adding)))
    }
    return terms
  }

  private static func holds() -> [VoucherHold] {
    [
      VoucherHold(
        id: "h-1", caller: VoucherCaller(bill: "B-1", store: "HCM-07", member: "M-1"), madeAt: instant(9),
        until: instant(10), amount: 50_000),
      VoucherHold(id: "h-2", caller: VoucherCaller(bill: "B-2"), madeAt: instant(9), until: instant(10), amount: 0),
    ]
  }

  private static func redemptionsOfOne() -> [VoucherRedemption] {
    [
      VoucherRedemption(
        id: "h-1", caller: VoucherCaller(bill: "B-1", store: "HCM-07", member: "M-1"), amount: 50_000,
        occurredAt: instant(3), isOffline: false, givenBack: .init(at: instant(4), reason: "returned")),
      VoucherRedemption(
        id: "h-2", caller: VoucherCaller(bill: "B-2"), amount: 50_000, occurredAt: instant(5), isOffline: true),
    ]
  }
}
