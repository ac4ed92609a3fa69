import Contracts
import Foundation
import Loyalty
import Messages
import Notifier
import TestValues
import Testing

/// The shipped templates against the wording that stood in code before them: whatever there is to tell, they say it
/// letter by letter. STAMPEDE_SEED repeats a run.
@Suite(.timeLimit(.minutes(10))) struct FormerWordingTests {
  private static let seed = UInt64(
    truncatingIfNeeded: ProcessInfo.processInfo.environment["STAMPEDE_SEED"].flatMap { Int($0) } ?? 20_261_130)
  private static let rounds = 4_000

  @Test func shippedTemplatesSayWhatWasSaidBefore() throws {
    var chance = SplitMix(seed: Self.seed)
    var told: Set<Template> = []
    for round in 0..<Self.rounds {
      let facts = try Self.facts(&chance)
      told.insert(facts.news.template)
      for language in Language.shipped {
        var wording = language.write(facts)
        #expect(wording.html != nil)
        wording.html = nil
        // Neither was there an app.
        wording.push = PushText(title: wording.subject, body: wording.sms)
        #expect(wording == language.writeAsBefore(facts), "round \(round) of seed \(Self.seed): \(facts)")
      }
    }
    let since: Set<Template> = [.pointsGiven, .emailChanged, .phoneChanged, .pointsDigest]
    #expect(told == Set(Template.allCases.filter { !$0.isAskedFor }).subtracting(since))
  }

  private static func facts(_ chance: inout SplitMix) throws -> MessageFacts {
    let names = ["Lan", "Nguyễn Ánh", "Jean-Luc O’Neill", "J. R. R. Tolkien", "陳 美麗", nil]
    let zones = ["Asia/Ho_Chi_Minh", "UTC", "America/New_York"]
    let zone = chance.pick(zones)
    var facts = MessageFacts(
      news: news(&chance), programName: chance.pick(["Journey Rewards", "Quà Tặng Sen", "A & B <3 \"C\""]),
      memberName: chance.pick(names), calendar: try #require(ZoneCalendar(identifier: zone)),
      occurredAt: instant(&chance))
    facts.factor = chance.pick([.one, decimal("1.5"), decimal("1.25"), decimal("0.5")])
    facts.levelName = chance.pick([nil, "Vàng", "Gold & Silver"])
    return facts
  }

  private static func instant(_ chance: inout SplitMix) -> Instant {
    let start = time("2026-11-22")
    let halfDays = Int64(chance.below(200))
    return start.advanced(byMilliseconds: halfDays * Instant.dayMs / 2 + Int64(chance.below(3)) * 17_999_999)
  }

  private static func maybe(_ chance: inout SplitMix) -> Instant? {
    chance.happens(oneIn: 3) ? nil : instant(&chance)
  }

  private static func points(_ chance: inout SplitMix) -> Points {
    Points(Int64(chance.pick([1, 2, 40, 999, 1_000, 1_234_567])))
  }

  private static func after(_ chance: inout SplitMix) -> AccountAfter {
    AccountAfter(
      available: Points(Int64(chance.pick([0, 1, 39, 40, 12_345, -1, -1_999]))),
      status: chance.pick([.active, .active, .frozen, .closed]))
  }

  private static func news(_ chance: inout SplitMix) -> News {
    let receipt = chance.pick(["POS7-000123", "http://evil.example", "2026/11/0001"])
    switch chance.below(9) {
    case 0, 1:
      let isPending = chance.happens(oneIn: 2)
      let terms = EarnedPoints.Terms(
        arePending: isPending, pendingUntil: isPending ? maybe(&chance) : nil, expiresAt: maybe(&chance))
      return .pointsEarned(
        EarnedPoints(
          points: points(&chance), after: after(&chance), byPurchase: chance.happens(oneIn: 2),
          terms: chance.happens(oneIn: 8) ? nil : terms))
    case 2: return .pointsRedeemed(points: points(&chance), after: after(&chance))
    case 3: return .pointsReceived(points: points(&chance), after: after(&chance))
    case 4: return .pointsCameBack(points: points(&chance), after: after(&chance))
    case 5: return .tierReached(level: chance.pick(["gold", "bạc"]), heldUntil: maybe(&chance))
    case 6: return .claim(.accepted(receipt: receipt))
    case 7:
      return .claim(
        .refused(receipt: receipt, chance.pick(ClaimStatus.Refusal.allCases), lockedUntil: maybe(&chance)))
    default: return .claim(chance.happens(oneIn: 2) ? .foundByEnrolment : .locked(until: maybe(&chance)))
    }
  }
}
