/// Points for which something happens at an instant.
package struct Due: Equatable, Sendable {
  package var at: Instant
  package var points: Points

  package init(at: Instant, points: Points) {
    self.at = at
    self.points = points
  }
}

/// The next few instants at which something falls due, ascending, each with all the points that are due at it.
package struct DueList: Equatable, Sendable {
  package private(set) var dues: [Due] = []
  private let countMax: Int

  package init(countMax: Int) {
    self.countMax = countMax
  }

  package mutating func add(_ points: Points, at instant: Instant?) {
    guard let instant, points > 0 else { return }
    var index = dues.count
    while index > 0, instant < dues[index - 1].at { index -= 1 }
    if index > 0, dues[index - 1].at == instant {
      dues[index - 1].points = dues[index - 1].points.addingBounded(points)
    } else if index < countMax {
      if dues.count == countMax { dues.removeLast() }
      dues.insert(Due(at: instant, points: points), at: index)
    }
  }
}
