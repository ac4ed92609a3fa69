import Loyalty

extension EarningRule {
  /// What the rule promises, in words: "1 point for every 1.00 of eligible spend".
  var words: String {
    switch kind {
    case .spend(let points, let per): "\(count(points)) for every \(per.text) of eligible spend"
    case .product(let points): "\(count(points)) for each unit bought"
    case .visits(let every, let points, let oncePerDay):
      "\(count(points)) with every \(ordinal(every)) \(oncePerDay ? "day with a visit" : "visit")"
    case .transaction(let points): "\(count(points)) for a purchase"
    case .threshold(let threshold): threshold.words
    case .activity(let award): award.words
    }
  }
}

extension EarningRule.Threshold {
  fileprivate var words: String {
    let place = within.map { "a \($0.rawValue)'s spend" } ?? "a purchase"
    let times = repeats ? "each time \(place) fills another \(amount.text)" : "when \(place) reaches \(amount.text)"
    return "\(count(points)) \(times)"
  }
}

extension EarningRule.ActivityAward {
  fileprivate var words: String {
    let most = limit.map { ", at most \($0.times) times a \($0.per.rawValue)" } ?? ""
    switch worth {
    case .points(let points): return "\(count(points)) for the activity \(activity)\(most)"
    case .formula(let attribute, let factor, let plus):
      let more = plus == .zero ? "" : " and \(plus.text)"
      return "\(factor.text) times the attribute \(attribute)\(more) for the activity \(activity)\(most)"
    }
  }
}

extension Multiplier {
  var words: String {
    let what =
      rules.map { "the points of \($0.sorted().joined(separator: ", "))" } ?? "the points of spend and product rules"
    return "\(what) times \(factor.text)"
  }
}

private func count(_ points: ExactDecimal) -> String { "\(points.text) \(points == .one ? "point" : "points")" }

private func count(_ points: Points) -> String { count(ExactDecimal(points.value)) }

private func ordinal(_ number: Int) -> String {
  let isTeen = (11...13).contains(number % 100)
  let ending = isTeen ? "th" : [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th"
  return "\(number)\(ending)"
}
