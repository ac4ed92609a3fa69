import Contracts
import Inquiry
import Loyalty
import ServiceKit

/// `loyalty partners settle ORDER`: what an operator has found out of an order in doubt.
enum PartnersSettle: Subcommand {
  private static let order = Setting.text(
    "order", help: "The order's id, or the reference that the partner has for it.")
  private static let codes = Setting.secret(
    "codes",
    help:
      "It was issued: the codes that the partner gave, one for each piece, with white space between. Best by --codes-file."
  ).optional.flagOnly
  private static let notIssued = Setting.toggle(
    "not-issued", help: "Nothing was issued, and nothing will be: points and stock go back."
  ).flagOnly
  private static let actor = Setting.text("actor", help: "Who found it out.").flagOnly
  private static let reason = Setting.text("reason", help: "How, such as the partner's ticket.").optional.flagOnly

  static let command = CommandDeclaration(
    "settle",
    summary:
      "say of an order in doubt that it was issued, with its codes, or that it was not; exit code 4 when it is not in "
      + "doubt.", arguments: [order], settings: [codes, notIssued, actor, reason] + RedemptionRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let settlement = try settlement(context)
    let named = settings[order]
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let found = try OrderReading(context.cluster, reader).last { $0.id == named || $0.reference == named }
    guard found.count == 1, let found = found.first, let member = found.memberId, let redemption = found.redemptionId
    else {
      throw CommandFailure(
        "no order of that id or reference is held, or its member was erased", exitCode: .refused)
    }
    guard found.state == .inDoubt else {
      throw CommandFailure(
        "the order is \(found.state.word): only what is in doubt is settled by hand", exitCode: .refused)
    }
    if case .issued(let codes) = settlement, codes.count != Int(found.quantity) {
      throw CommandFailure(
        "the order is of \(found.quantity) pieces, and \(codes.count) codes are given", exitCode: .refused)
    }
    let target = try MemberCommandTarget(
      context, memberId: member, programId: nil, commandId: settings[MemberCommandSettings.id])
    let request = RewardRequest(
      id: target.commandId, memberId: member, kind: .settle(redemptionId: redemption, settlement),
      occurredAt: target.occurredAt, actor: settings[actor], reason: settings[reason])
    let end: RedemptionStatus.State = if case .issued = settlement { .issued } else { .refused }
    return try RedemptionRun(
      context: context, request: request, answers: [.settleRefused], becomes: (redemption, end), isDone: end
    ).run()
  }

  private static func settlement(_ context: CommandContext) throws -> RewardRequest.Settlement {
    let (given, isNot) = (context.settings[codes], context.settings[notIssued])
    guard (given != nil) != isNot else {
      throw ConfigurationError([
        context.settings.problem(codes, "or --not-issued: one of the two says what became of the order")
      ])
    }
    guard let given else { return .notIssued }
    let key = try VoucherSecret.key(context)
    return .issued(given.reveal().split(whereSeparator: \.isWhitespace).map { key.seal(String($0)) })
  }
}
