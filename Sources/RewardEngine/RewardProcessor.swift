import Contracts
import Loyalty
import Rewards
import ServiceDomain
import StreamRuntime

/// The business of one partition: gives each record to the desk that answers it.
///
///     loyalty.reward-requests ──▶ RewardRequestDesk ──▶ RedemptionDesk ──▶ loyalty.redemptions
///                                                  ▲  │    ▲  └──▶ loyalty.commands ──▶ points-engine ─┐
///                                loyalty.ledger ───┘  │    └──────────── loyalty.reward-messages       │
///                                     ▲               ▼                             ▲   │             │
///                                     └───────────────┼─────────────────────────────┼───┼─────────────┘
///                                        loyalty.reward-messages ──▶ StockDesk ─────┤   │
///     partners ◀── OrderDesk ──▶ loyalty.orders, RedemptionDesk
///     loyalty.voucher-codes ──────────────────────────┴───────────▶ CodeDesk ───────┤   │
///     loyalty.voucher-commands ──▶ TillDesk, BundleDesk ──▶ VoucherBook ────────────┘   ▼
///                                     └──▶ loyalty.voucher-answers     └──▶ loyalty.vouchers
final class RewardProcessor: ServiceProcessor {
  private let book: RewardBook
  private let vouchers: VoucherBook
  private let redemptions: RedemptionDesk
  private let requests: RewardRequestDesk
  private let stock: StockDesk
  private let codes: CodeDesk
  private let tills: TillDesk
  private let bundles: BundleDesk
  private let members: RewardMemberDesk
  private let issues: IssueDesk
  private let birthdays: BirthdayDesk
  private let conversions: ConversionDesk
  private let orders: OrderDesk

  init(
    _ context: ProcessorContext, _ publisher: EventPublisher, _ settings: RewardSettings, _ partners: PartnerPool?
  ) throws {
    book = try RewardBook(context, publisher, settings, partners)
    vouchers = VoucherBook(book)
    redemptions = RedemptionDesk(book)
    orders = OrderDesk(book, redemptions)
    requests = RewardRequestDesk(book, redemptions, orders)
    stock = StockDesk(book)
    codes = CodeDesk(book, vouchers)
    tills = TillDesk(book, vouchers, GuessDesk(book))
    bundles = BundleDesk(book, vouchers, GuessDesk(book), tills)
    members = RewardMemberDesk(book, vouchers)
    issues = IssueDesk(book, requests)
    birthdays = BirthdayDesk(book, issues)
    conversions = ConversionDesk(book, requests)
  }

  var shelves: [any Shelf] { [book.programs, book.rewards, book.pools, book.partners] }

  var inputs: [ServiceInput] {
    let clock = book.context.clock
    return [
      .envelopes(
        .rewardRequests, RewardRequest.init(decoding:), on: clock, unless: book.erased, process: requests.process),
      .envelopes(.voucherCommands, TillCommand.init(decoding:)) { [tills, bundles] command in
        try command.codes.count == 1 ? tills.process(command) : bundles.process(command)
      },
      .events(.rewardMessages, OwnersMessage.init(decoding:)) { [self] message in
        switch message {
        case .redemption(let message): try process(message)
        case .bundle(let message): try bundles.process(message)
        }
      },
      .events(.ledger, LedgerEntry.init(decoding:), unless: book.erased) { [redemptions, issues, conversions] entry in
        try redemptions.process(entry)
        try issues.process(entry)
        try conversions.process(entry)
      },
      .envelopes(.voucherCodes, ImportedCode.init(decoding:), process: codes.import),
      .events(.privacyTasks, PrivacyTask.init(decoding:), process: members.erase),
      .envelopes(
        .members, MemberProfile.init(decoding:), tombstone: .deletes(forget, cleared: forget), on: clock,
        unless: book.erased
      ) { [members, birthdays] profile in
        try members.process(profile)
        try birthdays.process(profile)
      },
      // A tier's tombstone says that the member was erased, which this service is told by a task of its own.
      .events(
        .tiers, TierChange.init(decoding:), tombstone: .ignored, toldBy: clock, unless: book.erased
      ) { [members, issues] change in
        try members.process(change)
        try issues.process(change)
      },
    ]
  }

  private func forget(_ memberId: String) throws {
    try members.forget(memberId)
    try birthdays.forget(memberId)
  }

  private func process(_ message: RewardMessage) throws {
    try book.context.clock.checkTold(message.occurredAt)
    book.context.clock.observe(message.occurredAt.milliseconds)
    switch message.content {
    case .holdStock(let reward, let pieces, let stock, let version):
      try self.stock.hold(pieces, of: reward, stock: stock, version: version, for: message)
    case .giveStock(let reward): try stock.give(reward, for: message)
    case .returnStock(let reward): try stock.takeBack(reward, for: message)
    case .issueCode(let issue, let code): try codes.issue(issue, code, for: message)
    case .giveCode(let issue, let asked): try codes.give(issue, asked: asked, for: message)
    case .takeBack(let digest, let voucher, let piece):
      try codes.takeBack(digest, voucher, piece: piece, for: message)
    case .stockHeld, .stockRefused, .codeIssued, .codeTaken, .noCodeLeft, .takenBack, .notTakenBack, .voucherUsed,
      .voucherGivenBack, .voucherExpired:
      try redemptions.process(message)
    }
  }

  var sweeps: [Sweep] {
    [
      .each(book.vouchers) { [vouchers] key, row, _ in try vouchers.wake(key, row) },
      .each(book.birthdays) { [birthdays] key, row, _ in try birthdays.wake(key, row) },
      .each(book.conversions) { [conversions] key, row, _ in try conversions.wake(key, row) },
      .each(book.redemptions) { [redemptions] key, row, _ in try redemptions.wake(key, row) },
      .forgetting(book.uses), .forgetting(book.claims), .forgetting(book.guesses),
      Sweep { [orders] _, _ in
        try orders.work()
        return 0
      },
      book.erased.sweep,
    ]
  }

  func cycleCommitted() { orders.cycleCommitted() }

  var wakeUpMs: Int64? { orders.wakeUpMs }

  func cycleEnding() throws { try book.keepFigures() }

  var gauges: [Gauge] { RewardFigures.gauges(of: book) }
}
