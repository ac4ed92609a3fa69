import Rewards
import StreamRuntime

/// The figures of one partition, from what was counted in the transactions that did it.
enum RewardFigures {
  /// Rewards with a stock of their own figure, a partition: further ones are left out.
  static let rewardsMax = 200

  static func gauges(of book: RewardBook) -> [Gauge] {
    let figures = book.figures
    func counter(_ name: String, _ help: String, _ value: Int64, _ label: Gauge.Label? = nil) -> Gauge {
      Gauge(name, help, Int(value), label: label, isCounter: true)
    }
    var gauges = [
      counter("stampede_vouchers_issued_total", "Vouchers that were issued.", figures.issued),
      counter("stampede_vouchers_used_total", "Uses of vouchers, those that were undone among them.", figures.used),
      counter("stampede_vouchers_given_back_total", "Uses of vouchers that were undone.", figures.givenBack),
      counter("stampede_vouchers_expired_total", "Vouchers that ran out unused.", figures.expired),
      counter("stampede_vouchers_cancelled_total", "Vouchers that were cancelled.", figures.cancelled),
      Gauge("stampede_voucher_holds_open", "Vouchers that bills hold.", Int(figures.holdsOpen)),
      Gauge(
        "stampede_redemptions_waiting", "Redemptions whose points the points engine was asked for.",
        Int(figures.waiting)),
      Gauge(
        "stampede_partner_orders_open", "Orders at partners whose outcome is not known yet.", Int(figures.ordersOpen)),
      Gauge(
        "stampede_partner_orders_in_doubt", "Of these, orders that may have been issued: nobody knows.",
        Int(figures.ordersInDoubt)),
    ]
    for (code, count) in figures.refused.sorted(by: { $0.key < $1.key }) {
      gauges.append(
        counter(
          "stampede_rewards_refused_total", "Redemptions and tills that were refused, by code.", count,
          .init("code", code)))
    }
    for (reward, free) in book.stockLeft.sorted(by: { $0.key < $1.key }).prefix(rewardsMax) {
      gauges.append(
        Gauge(
          "stampede_reward_stock_left", "Pieces of a reward that are free.", Int(free), label: .init("reward", reward)))
    }
    return gauges
  }
}
