import Loyalty

/// Facts made up to look at a template with: the usual, and what is easily forgotten.
package enum SampleCase: String, CaseIterable, Sendable {
  case usual
  /// Points that can be used later.
  case later
  case one, zero
  /// The account is below zero.
  case owes
  /// Some of the points made up for that.
  case partly
  /// Neither a name nor anything else that may be missing.
  case bare
  /// As long as names and numbers get.
  case long
  case frozen, closed

  /// - Parameter memberName: in place of the sample's.
  package func facts(
    _ kind: TemplateKind, programName: String = "Sen Coffee", memberName: String? = nil, unsubscribeUrl: String? = nil,
    calendar: ZoneCalendar
  ) -> TemplateFacts {
    let usual = usual(calendar)
    var values = usual
    values["programName"] = .text(programName)
    change(&values)
    for field in kind.fields where field.isAlways && values[field.name] == nil {
      values[field.name] = usual[field.name]
    }
    if let memberName { values["memberName"] = .text(memberName) }
    values["unsubscribeUrl"] = unsubscribeUrl.map { .link($0) }
    return TemplateFacts(values.filter { kind.field($0.key) != nil }, calendar: calendar)
  }

  /// 22 November 2026, 0:00 UTC.
  private static let now = Instant(milliseconds: 1_795_305_600_000)
  private static let twoWeeksOn = now.advanced(byMilliseconds: 14 * Instant.dayMs)
  private static let halfAYearOn = now.advanced(byMilliseconds: 200 * Instant.dayMs)
  private static let weekLater = halfAYearOn.advanced(byMilliseconds: 7 * Instant.dayMs)

  private func usual(_ calendar: ZoneCalendar) -> [String: FieldValue] {
    [
      "memberName": .text("Lan"), "points": .points(1_234), "availablePoints": .points(56_789), "byPurchase": .flag,
      "usableNow": .flag, "usableUntil": .end(Self.halfAYearOn, from: Self.now), "levelName": .text("Gold"),
      "factor": .factor(ExactDecimal("1.5") ?? .one), "heldUntil": .end(Self.halfAYearOn, from: Self.now),
      "receipt": .text("POS7-000123"), "isNotFound": .flag, "lockedUntil": .moment(Self.twoWeeksOn),
      "changedAt": .moment(Self.now), "bookings": .points(12), "previousLevelName": .text("Platinum"),
      "lastUsableUntil": .end(Self.weekLater, from: Self.now), "missingSpend": .points(1_200), "currency": .text("USD"),
    ]
  }

  private func change(_ values: inout [String: FieldValue]) {
    switch self {
    case .usual: break
    case .later:
      values["usableNow"] = nil
      values["usableFrom"] = .day(Self.twoWeeksOn)
      values["isNotFound"] = nil
      values["isInSeveralShops"] = .flag
      values["isDeducted"] = .flag
      values["missingPoints"] = .points(250)
      for name in ["missingSpend", "currency"] { values[name] = nil }
    case .one:
      values["bookings"] = nil
      values["points"] = .points(1)
      values["availablePoints"] = .points(1)
      values["isNotFound"] = nil
      values["isClaimedAlready"] = .flag
      values["missingPurchases"] = .points(1)
      for name in ["lastUsableUntil", "missingSpend", "currency"] { values[name] = nil }
    case .zero:
      values["points"] = .points(0)
      values["availablePoints"] = .points(0)
    case .owes:
      values["availablePoints"] = nil
      values["owedPoints"] = .points(1_999)
      values["repaidPoints"] = values["points"]
      values["allRepaid"] = .flag
      for name in ["usableNow", "usableUntil"] { values[name] = nil }
    case .partly:
      values["repaidPoints"] = .points(40)
      values["alsoEarned"] = .text("Tea Club +20; Book Club +5")
    case .bare:
      let kept = ["points", "availablePoints", "levelName", "previousLevelName", "programName", "changedAt"]
      values = values.filter { kept.contains($0.key) }
    case .long:
      values["memberName"] = .text("Công Tằng Tôn Nữ Phương Nguyễn Hoàng Bảo Ngọc Khánh Linh Thùy Dương Minh Châu Ánh")
      values["programName"] = .text("Chương trình khách hàng thân thiết Quà Tặng Sen Vàng Việt Nam")
      values["levelName"] = .text("Kim Cương Vĩnh Cửu Dành Cho Khách Hàng Thân Thiết Nhất")
      values["points"] = .points(1_234_567_890)
      values["availablePoints"] = .points(9_876_543_210)
      values["receipt"] = .text(String(repeating: "0123456789ABCDEF", count: 4))
    case .frozen, .closed:
      values[self == .frozen ? "isFrozen" : "isClosed"] = .flag
      for name in ["usableNow", "usableUntil"] { values[name] = nil }
    }
  }
}
