import Inquiry
import JSON
import Loyalty

extension PurchaseSimulation {
  /// For programs.
  var json: JSONValue {
    let award = obstacle == nil ? award : nil
    let standing = award.flatMap { self.standing(after: $0) }
    let reached: String? = standing.flatMap { $0.reached }
    let next: NextTier? = standing.flatMap { $0.next }
    return .fields([
      "programId": .string(program.id), "version": .count(program.version), "purchase": .string(purchase.id),
      "memberId": member.memberId.map { .string($0) }, "level": level.map { .string($0) },
      "earnsNothing": obstacle.map { .string($0) }, "points": .points(award?.points ?? 0),
      "lines": .array((award?.lines ?? []).map { Self.json(ofLine: $0) }), "reaches": reached.map { .string($0) },
      "next": next.map { Self.json(ofLevel: $0) },
    ])
  }

  private static func json(ofLine line: AwardLine) -> JSONValue {
    .fields([
      "rule": .string(line.award.rule), "points": .points(line.award.points),
      "capped": line.capped.map { .string($0.rawValue) }, "campaign": line.campaign.map { .string($0) },
    ])
  }

  private static func json(ofLevel next: NextTier) -> JSONValue {
    .fields([
      "level": .string(next.level), "from": .string(next.from.text), "missing": .string(next.missing.text),
    ])
  }
}
