/// The limits' part of rating.
extension Program {
  /// Cuts what one rule gives by the rule's own limits, and counts it.
  func limit(_ line: inout AwardLine, by rule: EarningRule, on day: LocalDate, _ counters: inout EarningCounters) {
    let (room, cap) = counters.room(under: rule.limits, scope: rule.id, on: day, ofRule: true)
    if line.award.points > room {
      line.award.points = room
      line.award.asked = room
      line.capped = cap
    }
    counters.count(line.award.asked, under: rule.limits, scope: rule.id, on: day)
  }

  /// Cuts an award by the programme's limits, its last lines first, and counts it.
  func applyLimits(on day: LocalDate, _ counters: inout EarningCounters, _ award: inout Award) {
    let (room, cap) = counters.room(under: limits, scope: EarningCounters.programScope, on: day, ofRule: false)
    var excess = award.points - room
    for index in award.lines.indices.reversed() where excess > 0 && award.lines[index].award.points > 0 {
      let cut = min(excess, award.lines[index].award.points)
      award.lines[index].award.points -= cut
      award.lines[index].capped = cap
      excess -= cut
    }
    counters.count(award.points, under: limits, scope: EarningCounters.programScope, on: day)
  }

  /// Books what the campaigns' rooms have and defers the rest.
  func applyBudgets(_ rooms: inout CampaignRooms, _ award: inout Award) {
    var multiplied = Points.zero
    for index in award.lines.indices {
      if let campaign = award.lines[index].campaign, award.lines[index].award.points > 0 {
        let wanted = award.lines[index].award.points
        let taken = rooms.take(wanted, of: campaign)
        award.lines[index].award.points = taken
        award.lines[index].award.deferred = rooms.exhausted.contains(campaign) ? 0 : wanted - taken
        if taken < wanted { award.lines[index].capped = .campaign }
      }
      // What a factor below 1 takes off must be there.
      if award.lines[index].award.points < 0 {
        award.lines[index].award.points = max(award.lines[index].award.points, -multiplied)
      }
      if !award.lines[index].award.isBonus { multiplied += award.lines[index].award.points }
    }
  }
}

extension EarningCounters {
  /// The scope of the programme's own limits.
  static let programScope = ""

  /// What may still be given, and by which limit.
  func room(under limits: PointLimits, scope: String, on day: LocalDate, ofRule: Bool) -> (Points, Cap) {
    var room = limits.perTransaction ?? Points(.max)
    var cap = Cap(nil, ofRule: ofRule)
    for limit in limits.perPeriod {
      let given = EarningCounters.total(
        of: scope, limit.period, from: limit.period.start(of: day), in: points)
      let left = max(0, limit.points - Points(given))
      if left < room {
        room = left
        cap = Cap(limit.period, ofRule: ofRule)
      }
    }
    return (room, cap)
  }

  mutating func count(_ amount: Points, under limits: PointLimits, scope: String, on day: LocalDate) {
    guard amount != 0 else { return }
    for limit in limits.perPeriod {
      EarningCounters.add(
        amount.value, to: scope, limit.period, from: limit.period.start(of: day), in: &points)
    }
  }
}
