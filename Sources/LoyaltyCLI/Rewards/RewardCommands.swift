import Contracts
import Loyalty
import Rewards
import ServiceKit

/// `loyalty rewards redeem MEMBER REWARD`: a member gets a reward for points.
enum RewardsRedeem: Subcommand {
  private static let reward = Setting.text("reward", help: "The reward's id.")
  private static let quantity = Setting.integer(
    "quantity", default: 1, in: 1...Int(RewardAsk.quantityMax), unit: "pieces", help: "How many."
  ).flagOnly
  private static let price = Setting.integer(
    "price", in: 0...MemberCommandSettings.pointsMax, unit: "points",
    help: "What one piece was said to cost; it is refused where it costs something else by now. Left out: any price."
  ).optional.flagOnly
  private static let actor = Setting.text("actor", help: "Who asks for it.").optional
  private static let pay = Setting.integer(
    "pay", in: 1...MemberCommandSettings.pointsMax, unit: "points",
    help: "Of a reward that pays on a bill: so many at most. It takes --bill, --amount and --currency."
  ).optional.flagOnly
  private static let bill = Setting.text("bill", help: "Which bill.").optional.flagOnly
  private static let amount = Setting.text(
    "amount", help: "What the bill comes to, such as 125000 or 12.50."
  ).optional.flagOnly
  private static let currency = Setting.text("currency", help: "In which currency, such as VND.").optional.flagOnly

  static let command = CommandDeclaration(
    "redeem", summary: "give a member a reward for points; exit code 4 when it is refused.",
    arguments: [MemberCommandSettings.member, reward],
    settings: [quantity, price, pay, bill, amount, currency, actor] + RedemptionRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let target = try MemberCommandTarget(context, programId: nil, checking: [reward])
    let request = RewardRequest(
      id: target.commandId, memberId: target.memberId,
      kind: .redeem(
        .init(
          reward: settings[reward], quantity: Int64(settings[quantity]),
          shown: settings[price].map { Points(Int64($0)) }, payment: try payment(settings))),
      occurredAt: target.occurredAt, actor: settings[actor])
    return try RedemptionRun(
      context: context, request: request, answers: [.issued, .refused], becomes: (request.id, .delivering)
    ).run()
  }
}

extension RewardsRedeem {
  private static func payment(_ settings: Settings) throws -> BillPayment? {
    guard let points = settings[pay] else {
      guard [bill, amount, currency].allSatisfy({ settings[$0] == nil }) else {
        throw ConfigurationError([settings.problem(pay, "needs the points that are to pay on the bill")])
      }
      return nil
    }
    guard let billId = settings[bill] else {
      throw ConfigurationError([settings.problem(bill, "needs the bill that the points pay on")])
    }
    guard let total = try AmountFlags(amount, currency).money(settings) else {
      throw ConfigurationError([settings.problem(amount, "needs what the bill comes to, such as 125000")])
    }
    return BillPayment(Points(Int64(points)), on: billId, of: total)
  }
}

/// What commands on one redemption share.
private enum RedemptionFlags {
  static let redemption = Setting.text(
    "redemption", placeholder: "ID", help: "The id of the redemption, which was its request's."
  ).flagOnly
}

/// `loyalty rewards cancel MEMBER`: gives back what nobody has used.
enum RewardsCancel: Subcommand {
  private static let actor = Setting.text("actor", help: "Who asks for it.").optional
  private static let reason = Setting.text("reason", help: "Why.").optional

  static let command = CommandDeclaration(
    "cancel",
    summary:
      "give back what a member redeemed and has not used: points, stock and code, while the reward's terms let it; exit "
      + "code 4 when it is refused.",
    arguments: [MemberCommandSettings.member],
    settings: [RedemptionFlags.redemption, actor, reason] + RedemptionRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let target = try MemberCommandTarget(context, programId: nil, checking: [RedemptionFlags.redemption])
    let request = RewardRequest(
      id: target.commandId, memberId: target.memberId,
      kind: .cancel(redemptionId: settings[RedemptionFlags.redemption]), occurredAt: target.occurredAt,
      actor: settings[actor], reason: settings[reason])
    return try RedemptionRun(
      context: context, request: request, answers: [.cancelled, .cancelRefused]
    ).run()
  }
}

/// `loyalty rewards deliver MEMBER`: people have delivered what is delivered by hand.
enum RewardsDeliver: Subcommand {
  private static let reference = Setting.text("reference", help: "What it is known by, such as a booking.").optional
    .flagOnly
  private static let actor = Setting.text("actor", help: "Who delivered it.").optional

  static let command = CommandDeclaration(
    "deliver", summary: "say that people have delivered what is delivered by hand; exit code 4 when it is refused.",
    arguments: [MemberCommandSettings.member],
    settings: [RedemptionFlags.redemption, reference, actor] + RedemptionRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let target = try MemberCommandTarget(context, programId: nil, checking: [RedemptionFlags.redemption])
    let request = RewardRequest(
      id: target.commandId, memberId: target.memberId,
      kind: .deliver(redemptionId: settings[RedemptionFlags.redemption], reference: settings[reference]),
      occurredAt: target.occurredAt, actor: settings[actor])
    return try RedemptionRun(
      context: context, request: request, answers: [.deliverRefused],
      becomes: (settings[RedemptionFlags.redemption], .issued)
    ).run()
  }
}

/// `loyalty vouchers issue MEMBER POOL`: a voucher without points.
enum VouchersIssue: Subcommand {
  private static let pool = Setting.text("pool", help: "The pool's id.")
  private static let cause = Setting.text("cause", help: "What for, such as a birthday.").optional.flagOnly
  private static let actor = Setting.text("actor", help: "Who asks for it.").optional

  static let command = CommandDeclaration(
    "issue", summary: "give a member a voucher of a pool without points; exit code 4 when it is refused.",
    arguments: [MemberCommandSettings.member, pool], settings: [cause, actor] + RedemptionRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let target = try MemberCommandTarget(context, programId: nil, checking: [pool])
    let request = RewardRequest(
      id: target.commandId, memberId: target.memberId, kind: .issue(pool: settings[pool], cause: settings[cause]),
      occurredAt: target.occurredAt, actor: settings[actor])
    return try RedemptionRun(context: context, request: request, answers: [.issued, .refused]).run()
  }
}
