import Contracts
import Inquiry
import JSON
import Loyalty
import Rewards
import ServiceKit

/// Asks something of rewards for a member and tells what became of it.
struct RedemptionRun {
  /// Of every command on one member's rewards.
  static let settings: [any AnySetting] = MemberCommandSettings.common + [VoucherSecret.setting]

  let context: CommandContext
  let request: RewardRequest
  /// What ends the waiting, told under the request's id.
  let answers: Set<RedemptionStatus.State>
  /// What does so too of the redemption that the request is about, told as what became of it.
  var becomes: (redemption: String, state: RedemptionStatus.State)?
  /// What is told as done, though it is a refusal.
  var isDone: RedemptionStatus.State?

  func run() throws -> ExitCode {
    let ask = RewardEngineAsk(
      context: context, asked: .rewardRequests, answered: .redemptions, key: request.memberId)
    let outcome = try ask.run {
      request.encode(to: &$0)
    } read: { bytes -> RedemptionStatus? in
      guard let status = try? RedemptionStatus(decoding: bytes), status.memberId == request.memberId else { return nil }
      if status.id == request.id { return answers.contains(status.state) ? status : nil }
      let isMeant = becomes.map { status.redemptionId == $0.redemption && status.state == $0.state } ?? false
      return isMeant ? status : nil
    }
    switch outcome {
    case .handedOver:
      context.tell("Handed over as \(request.id); \(Topic.redemptions.name) will hold the answer", json("handed-over"))
      return .done
    case .answered(let status): return try tell(status)
    case .deadLetter(let letter):
      context.tell(
        "Refused: \(letter.error) (\(letter.message))",
        json("dead-letter", .refused, ("refused", .string(letter.error)), ("message", .string(letter.message))))
      return .refused
    case .none:
      throw CommandFailure("no answer to \(request.id) yet. \(RewardEngineAsk.advice)", exitCode: .unanswered)
    }
  }

  private func tell(_ status: RedemptionStatus) throws -> ExitCode {
    let secret = try VoucherSecret(context)
    if let refusal = status.refusal, status.state != isDone {
      let advice = RedemptionAdvice(refusal, memberId: status.memberId, reward: status.reward).text
      context.tell(
        "Refused: \(refusal.code). \(advice)",
        json(
          "answered", .refused, ("state", .string(status.state.rawValue)), ("refused", .string(refusal.code)),
          ("message", .string(advice)), ("required", refusal.required.map { .count($0) }),
          ("available", refusal.available.map { .count($0) }), ("at", refusal.at.map { .instant($0) })))
      return .refused
    }
    let vouchers = status.vouchers.map { voucher in (voucher, secret.shown(voucher.code, end: voucher.codeEnd)) }
    let lines = vouchers.map { voucher, code in
      "  voucher \(voucher.id), code \(code), from \(voucher.validFrom.rfc3339) until \(voucher.validUntil.rfc3339)"
    }
    context.tell(
      ([words(of: status)] + lines).joined(separator: "\n"),
      json(
        "answered", .done, ("state", .string(status.state.rawValue)),
        ("redemption", .string(status.redemptionId)), ("reward", status.reward.map { .string($0) }),
        ("rewardVersion", status.rewardVersion.map { .count($0) }), ("quantity", .count(status.quantity)),
        ("points", .points(status.points)), ("reference", status.reference.map { .string($0) }),
        ("currency", status.off.map { .string($0.currency.code) }),
        (
          "amount",
          status.off.map { .string(ExactDecimal(minorUnits: $0.minorUnits, exponent: $0.currency.exponent).text) }
        ),
        (
          "vouchers",
          .array(
            vouchers.map { voucher, code in
              .fields([
                "id": .string(voucher.id), "code": .string(code), "validFrom": .instant(voucher.validFrom),
                "validUntil": .instant(voucher.validUntil),
              ])
            })
        )))
    return .done
  }

  private func words(of status: RedemptionStatus) -> String {
    let what = status.reward.map { "\(status.quantity) × \($0)" } ?? status.pool.map { "a voucher of \($0)" } ?? "it"
    let points = "\(grouped(status.points.value)) points"
    return switch status.state {
    case .issued where status.off != nil:
      "Paid: \(status.off?.words ?? "") off \(status.reference ?? "the bill") for \(points) (redemption \(status.redemptionId))"
    case .issued: "Issued: \(what) for \(points) (redemption \(status.redemptionId))"
    case .delivering:
      "Paid: \(what) for \(points) (redemption \(status.redemptionId)). It is being delivered; what is delivered by hand "
        + "is told by `loyalty rewards deliver`"
    case .cancelled: "Given back: \(what), \(points) (redemption \(status.redemptionId))"
    case .givenBack: "Issued again: \(what) (redemption \(status.redemptionId)); a use was undone"
    case .used: "Used: \(what) (redemption \(status.redemptionId))"
    case .expired: "Expired: \(what) (redemption \(status.redemptionId))"
    case .unknown:
      "Paid: \(what) for \(points) (redemption \(status.redemptionId)). The partner did not say whether it has issued "
        + "it, and is asked until it does"
    case .refused where isDone == .refused: "Given back: \(what), \(points) (redemption \(status.redemptionId))"
    case .refused, .cancelRefused, .deliverRefused, .settleRefused: "Refused: \(what)"
    }
  }

  private func json(
    _ outcome: String, _ code: ExitCode = .done, _ fields: (String, JSONValue?)...
  ) -> JSONValue {
    let own: [(String, JSONValue?)] = [
      ("request", .string(request.id)), ("memberId", .string(request.memberId)), ("outcome", .string(outcome)),
      ("exitCode", .count(code.rawValue)),
    ]
    return .object((own + fields).compactMap { name, value in value.map { .init(name, $0) } })
  }
}
