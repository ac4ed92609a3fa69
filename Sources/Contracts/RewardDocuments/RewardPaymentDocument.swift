import JSON
import Loyalty
import Rewards

/// What points are worth on a bill: `deliver.money`.
enum RewardPaymentDocument {
  static func terms(_ deliver: JSONNode, _ problems: ProgramProblems) -> Reward.PaymentTerms? {
    guard let node = deliver["money"],
      let fields = ProgramFields(
        node, problems, known: ["points", "amount", "currency", "percentMax", "pointsMin"])
    else { return nil }
    let points = fields.required("points").flatMap { fields.whole($0, 1...Points.largestMovement.value) }
    let currency = fields.required("currency").flatMap { fields.currency($0) }
    let amount = fields.required("amount").flatMap { field in
      currency.flatMap { fields.minorUnits(field, $0, from: 1) }
    }
    let percentMax = node["percentMax"].flatMap { fields.whole($0, 1...100) }
    let pointsMin = node["pointsMin"].flatMap { fields.whole($0, 1...Points.largestMovement.value) }
    guard let points, let currency, let amount else { return nil }
    let rate = PointsAsMoney(
      points: Points(points), minorUnits: amount, percentMax: percentMax, pointsMin: Points(pointsMin ?? 0))
    return Reward.PaymentTerms(rate, in: currency)
  }
}
