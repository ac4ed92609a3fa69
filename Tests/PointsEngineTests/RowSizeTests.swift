import Contracts
import JSON
import Loyalty
import PointsEngine
import ServiceDomain
import StreamRuntime
import TestValues
import Testing

/// The largest row of each store, by the bounds of its fields, fits into a record of its changelog; and the largest
/// message into its topic.
@Suite(.timeLimit(.minutes(10))) struct RowSizeTests {
  /// What brokers take by default, less what a batch, a key and headers take.
  private static let recordBytesMax = 1_048_576 - 8_192
  private static let bytesOfId = 512

  private static func id(_ number: Int, bytes: Int = bytesOfId) -> String {
    let digits = String(number)
    return digits + String(repeating: "x", count: bytes - digits.utf8.count)
  }

  private static func bytes(_ row: some StoreRow) -> Int {
    let buffer = ByteBuffer()
    RowImage.write(row, to: buffer)
    return buffer.bytes.count
  }

  private static let late = Instant(milliseconds: Instant.calendar.upperBound)
  private static let early = Instant(milliseconds: Instant.calendar.lowerBound)

  @Test func accounts() {
    var account = Account(memberId: Self.id(0), programId: Self.id(0))
    let idBytes = Account.lotIdsBytesMax / Account.lotsMax
    account.lots = (0..<Account.lotsMax).map {
      Lot(
        id: Self.id($0, bytes: idBytes), pending: .largestRead, available: .largestRead, earnedAt: Self.early,
        pendingUntil: Self.late, expiresAt: Self.late, latestExpiry: Self.late, programVersion: 1_000_000)
    }
    account.tierHistory = (0..<Account.tierStepsMax).map { TierStep(level: Self.id($0), since: Self.early) }
    account.tier = TierStanding(
      level: Self.id(0), since: Self.late, until: Self.late, measures: .activities, metric: Self.decimal,
      next: NextTier(level: Self.id(1), from: Self.decimal, missing: Self.decimal), asOf: Self.late,
      progress: TierProgress(
        asOf: Self.late, counted: Self.decimal, endsAt: Self.late,
        leaves: (0..<TierProgress.leavesMax).map { _ in .init(at: Self.early, amount: Self.decimal) }))
    account.waitingReturns = Self.waiting()
    var size = Self.bytes(account)
    #expect(size < Self.recordBytesMax - EarningCounters.bytesMax, "\(size)")
    account.counters = Self.counters()
    size = Self.bytes(account)
    #expect(account.counters.rowBytesMax <= EarningCounters.bytesMax)
    #expect(size < Self.recordBytesMax, "\(size)")
  }

  private static let decimal = ExactDecimal(significand: .max, scale: 18)

  /// As many as have room.
  private static func waiting() -> [WaitingReturn] {
    var waiting: [WaitingReturn] = []
    for number in 0..<WaitingRoom.countMax {
      let lines = (0..<4).map { ReturnedLine(sku: id($0), lineId: id($0), quantity: decimal, amount: .max) }
      let returned = Return(purchaseId: id(number), lines: lines, refund: .max, shipping: .max, tax: .max)
      let next = WaitingReturn(
        transaction: Transaction(
          id: id(number), source: id(0), kind: .returned(returned), memberId: id(0), programId: id(0),
          occurredAt: late, currency: usd), deadline: late, programVersion: 1_000_000)
      if WaitingRoom.takes(next.bytesMax, beside: waiting.map(\.bytesMax)) { waiting.append(next) }
    }
    return waiting
  }

  /// As many days as have room.
  private static func counters() -> EarningCounters {
    var counters = EarningCounters()
    counters.purchases = .max
    for rule in 0..<200 where counters.rowBytesMax < EarningCounters.bytesMax - 8_000 {
      counters.points.append(
        PeriodSeries(
          scope: id(rule), period: .lifetime,
          amounts: (0..<400).map { PeriodAmount(start: LocalDate(daysSinceEpoch: -11_000_000 + $0), amount: .min) }))
    }
    return counters
  }

  @Test func aWeighedReturnTakesNoMoreThanItsWeight() {
    for waiting in Self.waiting() {
      var account = Account(memberId: "M", programId: "p")
      let before = Self.bytes(account)
      account.waitingReturns = [waiting]
      #expect(Self.bytes(account) - before <= waiting.bytesMax)
    }
  }

  @Test func weighedCountersTakeNoMoreThanTheirWeight() {
    var account = Account(memberId: "M", programId: "p")
    let before = Self.bytes(account)
    account.counters = Self.counters()
    account.counters.visits = [
      VisitProgress(
        rule: Self.id(1), count: -1_000_000_000_000_000,
        days: (0..<400).map {
          VisitDay(
            day: LocalDate(daysSinceEpoch: -11_000_000 + $0), purchases: -1_000_000_000_000_000,
            holder: Lot.shortId(Self.id(Int($0))))
        })
    ]
    account.counters.thresholds = [
      ThresholdPeriod(
        rule: Self.id(2), start: LocalDate(daysSinceEpoch: -11_000_000), spend: .min,
        holders: (0..<EarningCounters.holdersMax).map { .init(lotId: Lot.shortId(Self.id($0)), times: .max) })
    ]
    let size = Self.bytes(account) - before
    #expect(size <= account.counters.rowBytesMax, "\(size)")
  }

  /// Lines and their names are bounded by the event that told them, the rest by what a programme may hold.
  @Test func purchases() {
    let lines = 1_000
    let text = 512 * 1024 / (2 * lines)
    var spend = PurchaseSpend(
      lines: (0..<lines).map {
        SpendLine(
          sku: Self.id($0, bytes: text), quantity: 1_000_000_000_000_000, returned: 1_000_000_000_000_000,
          eligible: -Money.largestOfLine, refunded: Money.largestOfLine)
      }, lineIds: (0..<lines).map { Self.id($0, bytes: text) }, eligible: Money.largestSum,
      refunded: Money.largestSum, refundedAmounts: Money.largestSum)
    spend.extras = PurchaseExtras(
      shipping: Money.largestSum, tax: Money.largestSum, paid: Money.largestSum,
      refundedWithBoth: Money.largestSum, refundedWithShipping: Money.largestSum, refundedWithTax: Money.largestSum)
    var record = PurchaseRecord(
      purchaseId: Self.id(0), source: Self.id(0), occurredAt: Self.early, currency: usd, programVersion: 1_000_000,
      spend: spend, awards: Self.awards(), visitRules: (0..<100).map { Self.id($0) },
      thresholds: (0..<100).map { ThresholdSpend(rule: Self.id($0), seen: .max, spend: .max) }, number: .max,
      answers: ConditionAnswers(
        fingerprint: .max, purchase: Self.bits, lines: Array(repeating: Self.bits, count: lines)),
      pendingUntil: Self.late, expiresAt: Self.late, reversed: .largestRead, expired: .largestRead,
      returnIds: Array(repeating: IdDigest(high: 1 << 63, low: 1 << 63), count: PurchaseSpend.returnsMax))
    record.counts = (0..<221).map { AwardCount(scope: Self.id($0), times: .max) }
    let size = Self.bytes(record)
    #expect(size < Self.recordBytesMax, "\(size)")
  }

  private static let bits = ConditionBits(words: SIMD4(repeating: 1 << 63))

  /// A line of each rule, of the tier and of each multiplier.
  private static func awards() -> [RuleAward] {
    (0..<221).map {
      var award = RuleAward(rule: id($0), points: .largestMovement, part: .bonus, asked: Points(-1) - .largestMovement)
      (award.deferred, award.times, award.revoked) = (.largestMovement, .max, .largestMovement)
      return award
    }
  }

  @Test func activities() {
    var record = ActivityRecord(
      activityId: Self.id(0), source: Self.id(0), name: Self.id(0), occurredAt: Self.late, programVersion: 1_000_000)
    record.numbers = Dictionary(
      uniqueKeysWithValues: (0..<Activity.attributesMax).map {
        (Self.id($0, bytes: FieldRules.textBytesMax), Self.decimal)
      })
    record.awards = Self.awards()
    record.timesRules = (0..<201).map { Self.id($0) }
    record.answers = ConditionAnswers(fingerprint: .max, purchase: Self.bits, lines: [])
    let size = Self.bytes(ActivityRow(record: record, forgetAt: Self.late))
    #expect(size < Self.recordBytesMax, "\(size)")
  }

  @Test func commandsAndTransfers() throws {
    let parts = (0..<Account.lotsMax).map {
      RedeemedPart(
        lotId: Self.id($0, bytes: Account.lotIdsBytesMax / Account.lotsMax), points: .largestMovement,
        earnedAt: Self.early, expiresAt: Self.late, latestExpiry: Self.late, programVersion: 1_000_000)
    }
    let row = CommandRow(
      record: CommandRecord(
        id: Self.id(0), outcome: .transferred(parts: parts, isReturned: false), occurredAt: Self.late),
      forgetAt: Self.late)
    #expect(Self.bytes(row) < Self.recordBytesMax)
    let transfer = Transfer(
      id: Self.id(0), programId: Self.id(0), programVersion: 1_000_000, from: Self.id(0), to: Self.id(1),
      occurredAt: Self.late,
      parts: parts.map {
        Transfer.Part(
          points: 1, earnedAt: $0.earnedAt, expiresAt: $0.expiresAt, latestExpiry: $0.latestExpiry,
          programVersion: 1_000_000)
      })
    let text = json { transfer.encode(to: &$0) }
    #expect(text.utf8.count < Self.recordBytesMax)
    #expect(throws: ContractViolation.self) {
      var longer = transfer
      longer.parts.append(longer.parts[0])
      _ = try TestValues.bytes(json { longer.encode(to: &$0) }) { try Transfer(decoding: $0) }
    }
  }

  @Test func tiers() {
    var state = TierState(memberId: Self.id(0), programId: Self.id(0))
    state.level = Self.id(0)
    state.commands = (0..<TierState.commandsMax).map { .init(id: Self.id($0), digest: .max) }
    state.waitingReturns = (0..<WaitingRoom.countMax).map { _ in
      .init(digest: IdDigest(high: .max >> 1, low: .max >> 1), deadline: Self.late, bytes: WaitingRoom.bytesMax)
    }
    let amounts = TierAmounts(
      spend: Money.largestSum, visits: 1_000, points: 1_000_000_000_000_000, basePoints: 1_000_000_000_000_000,
      activities: 1_000_000_000_000_000)
    state.days = (0..<Int32(TierState.daysMax)).map { TierDay(day: LocalDate(daysSinceEpoch: $0), amounts: amounts) }
    let size = Self.bytes(state)
    #expect(size < Self.recordBytesMax, "\(size)")
  }

  @Test func profilesTraits() {
    let traits = MemberTraits(
      joinedAt: Self.late, locale: Self.id(0),
      segments: (0..<MemberProfile.segmentsMax).map { Self.id($0, bytes: FieldRules.textBytesMax) })
    #expect(Self.bytes(traits) < Self.recordBytesMax)
  }

  @Test func statements() {
    var account = Account(memberId: Self.id(0), programId: Self.id(0))
    account.clock = time("2026-11-22")
    account.tierHistory = (0..<Account.tierStepsMax).map {
      TierStep(level: Self.id($0), since: time("2026-11-20").advanced(byMilliseconds: Int64($0)))
    }
    // As many rules as a row holds, each with a sum a day.
    for rule in 0..<500 where account.counters.rowBytesMax < EarningCounters.bytesMax - 600 {
      account.counters.points.append(
        PeriodSeries(
          scope: Self.id(rule, bytes: 8), period: .day,
          amounts: (0..<31).map { PeriodAmount(start: LocalDate(daysSinceEpoch: 20_749 + $0), amount: .max) }))
    }
    let size = json { account.statement.encode(to: &$0) }.utf8.count
    #expect(size < Self.recordBytesMax, "\(size)")
  }
}
