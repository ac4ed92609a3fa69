import Loyalty
import Messages

/// What a template may say of what members are told where their programme asks for it.
extension MessageFacts {
  func fields(of notice: Notice) -> [String: FieldValue] {
    switch notice {
    case .pointsTakenBack(let points, _, let after): return Self.fields(points, after)
    case .pointsAdjusted(let points, let after):
      var fields = Self.fields(points < 0 ? -points : points, after)
      if points < 0 { fields["isDeducted"] = .flag }
      return fields
    case .pointsReleased(let points, let expiresAt, let after):
      var fields = Self.fields(points, after)
      // Below zero nothing of them can be used, nor of an account that is not active.
      guard after.status == .active, after.available > 0 else { return fields }
      fields["usableUntil"] = expiresAt.map { .end($0, from: occurredAt) }
      return fields
    case .tierLost(let level, let previous, let heldUntil):
      var fields = fields(ofLevel: level, heldUntil)
      fields["previousLevelName"] = .text(previousLevelName ?? Self.name(ofLevel: previous))
      return fields
    case .tierKept(let level, let heldUntil): return fields(ofLevel: level, heldUntil)
    case .pointsExpiring(let points, let until, let lastUntil):
      var fields: [String: FieldValue] = ["points": .points(points), "usableUntil": .end(until, from: occurredAt)]
      fields["lastUsableUntil"] = lastUntil.map { .end($0, from: occurredAt) }
      return fields
    case .tierEnding(let level, let until, let missing):
      return fields(ofLevel: level, until).merging(fields(ofMissing: missing)) { level, _ in level }
    case .standing, .welcome: return [:]
    }
  }

  private func fields(ofMissing missing: Int64?) -> [String: FieldValue] {
    guard let missing, let measure else { return [:] }
    let amount = FieldValue.points(Points(missing))
    return switch measure {
    case .spend(let currency): ["missingSpend": amount, "currency": .text(currency.code)]
    case .points: ["missingPoints": amount]
    case .visits: ["missingPurchases": amount]
    }
  }
}
