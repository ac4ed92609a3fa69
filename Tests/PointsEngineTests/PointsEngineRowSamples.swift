import Contracts
import GoldenRowChecks
import Loyalty
import PointsEngine
import ServiceDomain

extension RowSamples {
  static func pointsEngine() throws -> [RowSample] {
    try accounts() + purchases() + activities() + commands() + commandContents() + approvals() + campaigns()
      + [
        traits(), tiers(), erasedMember(),
        RowSample("traits", "nothing known", "M-2", MemberTraits(segments: [])),
        RowSample("tiers", "new", TierKey(memberId: "M-2", programId: "coffee"), newTier()),
      ]
  }

  private static func accounts() throws -> [RowSample] {
    var frozen = Account(memberId: "M-2", programId: "coffee")
    frozen.clock = instant(3)
    frozen.terms = LotTerms(standing: .frozen(since: instant(2)))
    frozen.tier = standing(.visits, next: nil)
    var closed = Account(memberId: "M-3", programId: "coffee")
    closed.clock = instant(3)
    closed.terms = LotTerms(standing: .closed(since: instant(2), endsAt: instant(9)))
    closed.tier = standing(.points, next: nil)
    closed.lots = [Lot(id: "pos:P-1", earnedAt: instant(1))]
    closed.counters.visits = [VisitProgress(rule: "fifth", count: 0)]
    closed.counters.points = [PeriodSeries(scope: "programme", period: .lifetime)]
    closed.counters.thresholds = [ThresholdPeriod(rule: "per-100", start: day(1))]
    var told = Account(memberId: "M-4", programId: "coffee")
    told.tier = standing(.basePoints, next: nil)
    var counting = Account(memberId: "M-5", programId: "coffee")
    counting.tier = standing(.visits, next: nil)
    counting.tier?.progress = TierProgress(asOf: instant(3), counted: .zero)
    var flown = Account(memberId: "M-6", programId: "coffee")
    flown.tier = standing(.activities, next: nil)
    return try [
      RowSample("accounts", "everything", RecordKey.memberProgram("M-1", "coffee"), fullAccount()),
      RowSample("accounts", "frozen", RecordKey.memberProgram("M-2", "coffee"), frozen),
      RowSample("accounts", "closed, empty lists", RecordKey.memberProgram("M-3", "coffee"), closed),
      RowSample("accounts", "no more than a tier", RecordKey.memberProgram("M-4", "coffee"), told),
      RowSample("accounts", "a tier of which nothing leaves", RecordKey.memberProgram("M-5", "coffee"), counting),
      RowSample("accounts", "a tier of activities", RecordKey.memberProgram("M-6", "coffee"), flown),
      RowSample(
        "accounts", "new", RecordKey.memberProgram("Đặng-ü", "coffee"), Account(memberId: "Đặng-ü", programId: "coffee")
      ),
    ]
  }

  private static func fullAccount() -> Account {
    var account = Account(memberId: "M-1", programId: "coffee")
    account.sequence = 4_000_000_001
    account.totals.issued = 1_031
    account.totals.pending = 10
    account.totals.available = 11
    account.totals.redeemed = 300
    account.totals.expired = 400
    account.totals.reversed = 150
    account.totals.adjusted = 100
    account.totals.transferred = 60
    account.lots = [
      Lot(
        id: "pos:P-1", pending: 10, available: 7, earnedAt: instant(1), pendingUntil: instant(5),
        expiresAt: instant(400),
        programVersion: 2),
      Lot(id: "C-1", available: 3, earnedAt: instant(2)),
      Lot(id: "pos:P-2", available: 1, earnedAt: instant(2), expiresAt: instant(300), latestExpiry: instant(450)),
    ]
    account.clock = instant(3)
    account.nextDue = instant(5)
    account.purchaseReview = instant(4)
    account.shortfall = 12
    account.terms = LotTerms(keptUntil: instant(500), standing: .active)
    account.sent = SentPoints(day: day(3), inDay: 5, inMonth: 55)
    account.tier = standing(
      .spend,
      next: NextTier(
        level: "gold", from: ExactDecimal(significand: 1_000_050, scale: 2),
        missing: ExactDecimal(significand: 999_950, scale: 2)))
    account.tierHistory = [TierStep(level: "base", since: instant(0)), TierStep(level: "silver", since: instant(2))]
    account.counters = counters()
    account.waitingReturns = [waitingReturn(), waitingReturnInParts(), waitingCancellation(), waitingForAll()]
    return account
  }

  private static func standing(_ metric: TierScheme.Metric, next: NextTier?) -> TierStanding {
    TierStanding(
      level: "silver", since: next == nil ? nil : instant(2), until: next == nil ? nil : instant(300), measures: metric,
      metric: ExactDecimal(significand: 100, scale: 2), next: next, asOf: instant(3),
      progress: next.map { _ in progress() }
    )
  }

  private static func progress() -> TierProgress {
    TierProgress(
      asOf: instant(3), counted: ExactDecimal(significand: 1_255, scale: 1), endsAt: instant(300),
      leaves: [
        .init(at: instant(200), amount: ExactDecimal(significand: 55, scale: 1)),
        .init(at: instant(300), amount: ExactDecimal(120)),
      ])
  }

  private static func counters() -> EarningCounters {
    var counters = EarningCounters()
    counters.purchases = 77
    counters.visits = [
      VisitProgress(
        rule: "fifth", count: 3,
        days: [VisitDay(day: day(1), purchases: 2, holder: "pos:P-1"), VisitDay(day: day(2), purchases: 1)])
    ]
    counters.points = Period.allCases.map {
      PeriodSeries(scope: "rule:\($0.rawValue)", period: $0, amounts: [PeriodAmount(start: day(1), amount: 250)])
    }
    counters.times = Period.allCases.map {
      PeriodSeries(
        scope: "rule:\($0.rawValue)", period: $0, amounts: $0 == .day ? [] : [PeriodAmount(start: day(2), amount: 1)])
    }
    counters.thresholds = [
      ThresholdPeriod(
        rule: "per-100", start: day(1), spend: 12_345, holders: [ThresholdPeriod.Holder(lotId: "pos:P-1", times: 2)])
    ]
    return counters
  }

  private static func purchases() throws -> [RowSample] {
    let awards = [RuleAward.Part.rule, .bonus, .tier, .multiplier, .fixed].enumerated().map { index, part in
      var award = RuleAward(rule: "rule-\(index)", points: 90, part: part, asked: index == 0 ? 90 : 100)
      if index == 1 { award.deferred = 10 }
      if index == 2 { (award.times, award.revoked) = (3, 30) }
      return award
    }
    let whole = PurchaseRecord(
      purchaseId: "P-1", source: "pos-hcm-07", occurredAt: instant(1), currency: .code("VND"), programVersion: 3,
      spend: spend(), awards: awards, visitRules: ["fifth"],
      thresholds: [ThresholdSpend(rule: "per-100", seen: 500, spend: 400)], number: 12, answers: answers(),
      pendingUntil: instant(5), expiresAt: instant(400), reversed: 20, expired: 5,
      returnIds: [IdDigest(of: "R-1"), IdDigest(of: "R-2")])
    var counted = PurchaseRecord(
      purchaseId: "P-5", source: "pos", occurredAt: instant(1), currency: .code("USD"), programVersion: 1,
      spend: spend())
    counted.counts = [AwardCount(scope: "stamp", times: 3), AwardCount(scope: "", times: 1)]
    let least = PurchaseRecord(
      purchaseId: "P-2", source: "pos", occurredAt: instant(1), currency: .code("USD"), programVersion: 1,
      spend: PurchaseSpend(lines: [], eligible: 0))
    return try [
      RowSample("purchases", "everything", RecordKey.joined("M-1", "coffee", "P-1", "pos-hcm-07"), whole),
      RowSample("purchases", "counted by number", RecordKey.joined("M-1", "coffee", "P-5", "pos"), counted),
      RowSample("purchases", "least", RecordKey.joined("M-1", "coffee", "P-2", "pos"), least),
      RowSample(
        "purchases", "answers to nothing", RecordKey.joined("M-1", "coffee", "P-3", "pos"),
        PurchaseRecord(
          purchaseId: "P-3", source: "pos", occurredAt: instant(1), currency: .code("EUR"), programVersion: 1,
          spend: spend(), answers: ConditionAnswers(fingerprint: -1, purchase: .none, lines: []))),
      RowSample(
        "purchases", "names of lines, shipping and tax", RecordKey.joined("M-1", "coffee", "P-4", "pos"),
        PurchaseRecord(
          purchaseId: "P-4", source: "pos", occurredAt: instant(1), currency: .code("VND"), programVersion: 1,
          spend: spendInParts())),
    ]
  }

  private static func answers() -> ConditionAnswers {
    ConditionAnswers(
      fingerprint: 0x0123_4567_89AB_CDEF, purchase: ConditionBits(words: SIMD4(5, 0, 1 << 63, 0)),
      lines: [.none, ConditionBits(words: SIMD4(1, 2, 3, 4))])
  }

  private static func activities() throws -> [RowSample] {
    var whole = ActivityRecord(
      activityId: "A-1", source: "app", name: "survey.answered", occurredAt: instant(1), programVersion: 2)
    whole.numbers = ["score": ExactDecimal(significand: 95, scale: 1), "pages": ExactDecimal(significand: 3, scale: 0)]
    whole.awards = [RuleAward(rule: "survey", points: 50)]
    whole.timesRules = ["survey"]
    whole.afterPurchases = 4
    whole.afterEntries = 9
    whole.answers = ConditionAnswers(fingerprint: 7, purchase: ConditionBits(words: SIMD4(1, 0, 0, 0)), lines: [.none])
    whole.pendingUntil = instant(5)
    whole.expiresAt = instant(400)
    whole.expired = 50
    let least = ActivityRecord(
      activityId: "A-2", source: "app", name: "member.registered", occurredAt: instant(1), programVersion: 1)
    var bare = least
    bare.activityId = "A-3"
    bare.answers = ConditionAnswers(fingerprint: 0, purchase: .none, lines: [])
    return try [("everything", whole), ("least", least), ("answers to nothing", bare)].map { name, record in
      try RowSample(
        "activities", name, RecordKey.joined("M-1", "coffee", record.source, record.activityId),
        ActivityRow(record: record, forgetAt: instant(90)))
    }
  }

  private static func commands() throws -> [RowSample] {
    let parts = [
      RedeemedPart(lotId: "pos:P-1", points: 30, earnedAt: instant(1), expiresAt: instant(400), programVersion: 2),
      RedeemedPart(lotId: "C-1", points: 1, earnedAt: instant(2), expiresAt: nil, programVersion: 1),
      RedeemedPart(
        lotId: "pos:P-2", points: 2, earnedAt: instant(2), expiresAt: instant(300), latestExpiry: instant(450),
        programVersion: 3),
    ]
    // Those are told each time, or of returns alone, and never remembered: earlier releases could not read them.
    let unremembered: [RefusalCode] = [.conflictingCommand, .commandTooOld, .tooManyReturns]
    let codes = RefusalCode.allCases.filter { !unremembered.contains($0) }
    let outcomes: [(String, CommandRecord.Outcome)] =
      [
        ("redeemed", .redeemed(parts: parts, isCancelled: false)),
        ("redeemed and cancelled", .redeemed(parts: [], isCancelled: true)),
        ("cancelled a redemption", .redemptionCancelled), ("adjusted", .adjusted),
        ("transferred", .transferred(parts: parts, isReturned: false)),
        ("transferred and returned", .transferred(parts: [], isReturned: true)),
        ("answered a transfer", .transferAnswered), ("changed the standing", .standingChanged),
        ("asked", .asked), ("proposed", .proposed), ("approved", .approved), ("declined", .declined),
      ] + codes.map { ("refused \($0.rawValue)", .refused(code: $0)) }
    return try outcomes.enumerated().map { index, outcome in
      let record = CommandRecord(id: "C-\(index)", outcome: outcome.1, occurredAt: instant(2))
      return try RowSample(
        "commands", outcome.0, RecordKey.joined("M-1", "coffee", record.id),
        CommandRow(record: record, forgetAt: instant(90)))
    }
  }

  private static func commandContents() throws -> [RowSample] {
    [
      try RowSample(
        "command-contents", "one", RecordKey.joined("M-1", "coffee", "C-1"),
        CommandContentRow(digest: 0xF0E1_D2C3_B4A5_9687, forgetAt: instant(90)))
    ]
  }

  private static func approvals() throws -> [RowSample] {
    let whole = Proposal(
      id: "A-1", memberId: "M-1", programId: "coffee", programVersion: 2, points: -25_000, occurredAt: instant(2),
      expiresAt: instant(9), source: "crm", actor: "ann", reason: "parcel lost")
    var least = whole
    least.source = nil
    return try [
      RowSample("proposals", "everything", RecordKey.joined("M-1", "coffee", "A-1"), ProposalRow(whole)),
      RowSample("proposals", "without a source", RecordKey.joined("M-1", "coffee", "A-1"), ProposalRow(least)),
      RowSample(
        "actor-days", "one", ActorDayRow.key(.adjustedPoints, day(1), "ann"),
        ActorDayRow(ActorDay(amount: 12_345), forgetAt: instant(90))),
    ]
  }

  private static func campaigns() throws -> [RowSample] {
    let key = BudgetMessage.key("coffee", "summer")
    return try [
      RowSample(
        "allotments", "everything", key,
        CampaignAllotment(
          left: 120, lastAhead: 60, claimed: 5, answered: 4, deferred: 33, lastDeferral: 8, exhausted: 10_000)),
      RowSample("allotments", "new", key, CampaignAllotment()),
      RowSample(
        "budgets", "everything", key,
        CampaignBudget(granted: 900, answered: [.init(partition: 3, number: 4), .init(partition: 0, number: 1)])),
      RowSample("budgets", "new", key, CampaignBudget()),
      RowSample(
        "deferrals", "one", key + RecordKey.separator + "0000000000000000008",
        DeferredAward(
          memberId: "M-1", lotId: "pos:P-1", rule: "summer", points: 33, earnedAt: instant(1), programVersion: 2)),
    ]
  }
}
