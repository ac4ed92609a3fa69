import Contracts
import Loyalty
import Messages

/// What a template may say of a message: its facts as fields of `TemplateKind`.
extension MessageFacts {
  package func fields(in language: Language) -> TemplateFacts {
    var values: [String: FieldValue] = ["programName": .text(programName)]
    if !also.isEmpty {
      let said = also.map { "\($0.programName) +\(language.number($0.points))" }
      values["alsoEarned"] = .text(said.joined(separator: "; "))
    }
    values["memberName"] = memberName.map { .text($0) }
    for (name, value) in newsFields { values[name] = value }
    return TemplateFacts(values, calendar: calendar)
  }

  private var newsFields: [String: FieldValue] {
    switch news {
    case .pointsEarned(let earned): fields(of: earned)
    case .pointsRedeemed(let points, let after), .pointsReceived(let points, let after),
      .pointsCameBack(let points, let after), .pointsGiven(let points, let after):
      Self.fields(points, after)
    case .tierReached(let level, let heldUntil): fields(ofLevel: level, heldUntil)
    case .claim(let claim): Self.fields(of: claim)
    case .contactChanged: ["changedAt": .moment(occurredAt)]
    case .pointsDigest(let digest): Self.fields(of: digest)
    case .notice(let notice): fields(of: notice)
    }
  }

  static func fields(_ points: Points, _ after: AccountAfter) -> [String: FieldValue] {
    var fields: [String: FieldValue] = ["points": .points(points)]
    if after.available < 0 {
      fields["owedPoints"] = .points(-after.available)
    } else {
      fields["availablePoints"] = .points(after.available)
    }
    switch after.status {
    case .active: break
    case .frozen: fields["isFrozen"] = .flag
    case .closed: fields["isClosed"] = .flag
    }
    return fields
  }

  private static func fields(of digest: DigestedPoints) -> [String: FieldValue] {
    var fields = Self.fields(digest.points, digest.after)
    if digest.bookings > 1 { fields["bookings"] = .points(Points(Int64(digest.bookings))) }
    return fields
  }

  private func fields(of earned: EarnedPoints) -> [String: FieldValue] {
    var fields = Self.fields(earned.points, earned.after)
    if earned.byPurchase { fields["byPurchase"] = .flag }
    // Of an account that is not active nothing can be used, which its standing says.
    guard let terms = earned.terms, earned.after.status == .active else { return fields }
    if terms.arePending {
      // While a freeze holds them back nobody knows from when they can be used.
      guard let pendingUntil = terms.pendingUntil else { return fields }
      fields["usableFrom"] = .day(pendingUntil)
    } else {
      if earned.repaid > 0 { fields["repaidPoints"] = .points(earned.repaid) }
      guard earned.repaid != earned.points else {
        fields["allRepaid"] = .flag
        return fields
      }
      fields["usableNow"] = .flag
    }
    fields["usableUntil"] = terms.expiresAt.map { .end($0, from: terms.pendingUntil ?? occurredAt) }
    return fields
  }

  func fields(ofLevel level: String, _ heldUntil: Instant?) -> [String: FieldValue] {
    var fields: [String: FieldValue] = ["levelName": .text(levelName ?? Self.name(ofLevel: level))]
    if factor != .one { fields["factor"] = .factor(factor) }
    fields["heldUntil"] = heldUntil.map { .end($0, from: occurredAt) }
    return fields
  }

  /// A level's id as a name: `gold` is `Gold`.
  static func name(ofLevel id: String) -> String { id.prefix(1).uppercased() + id.dropFirst() }

  private static func fields(of claim: News.Claim) -> [String: FieldValue] {
    var fields: [String: FieldValue] = [:]
    switch claim {
    case .accepted(let receipt): fields["receipt"] = ReceiptName.read(receipt).map { .text($0) }
    case .refused(let receipt, let refusal, let lockedUntil):
      fields["receipt"] = ReceiptName.read(receipt).map { .text($0) }
      fields["lockedUntil"] = lockedUntil.map { .moment($0) }
      switch refusal {
      case .receiptNotFound: fields["isNotFound"] = .flag
      case .severalReceipts: fields["isInSeveralShops"] = .flag
      case .alreadyClaimed: fields["isClaimedAlready"] = .flag
      default: break
      }
    case .locked(let until): fields["lockedUntil"] = until.map { .moment($0) }
    case .foundByEnrolment: break
    }
    return fields
  }
}
