import Contracts
import Loyalty
import Rewards
import ServiceDomain
import StreamRuntime

/// What is kept in one partition, and the ways out.
final class RewardBook {
  let settings: RewardSettings
  let programs: ProgramShelf
  let rewards: CatalogShelf<RewardDocument>
  let pools: CatalogShelf<VoucherPoolDocument>
  let partners: CatalogShelf<PartnerDocument>
  /// nil: no partner delivers anything.
  let partnerPool: PartnerPool?
  let erased: ErasedMembers
  let traits: Store<String, MemberTraits>
  let levels: Store<String, LevelRow>
  let redemptions: Store<String, RedemptionRow>
  let uses: Store<String, UsesRow>
  let stock: Store<String, StockRow>
  let claims: Store<String, ClaimRow>
  let vouchers: Store<String, VoucherRow>
  let holders: Store<String, HolderRow>
  let freeCodes: Store<String, FreeCodeRow>
  let guesses: Store<String, GuessRow>
  let liveCodes: Store<String, LiveCodesRow>
  let bundles: Store<String, BundleRow>
  let grants: Store<String, GrantRow>
  let birthdays: Store<String, BirthdayRow>
  let conversions: Store<String, ConversionRow>
  let orders: Store<String, OrderRow>
  let context: ProcessorContext
  private let figuresStore: Store<String, FiguresRow>
  private(set) var figures: FiguresRow
  private var figuresKept: FiguresRow
  /// By reward, for figures.
  private(set) var stockLeft: [String: Int64]
  private let publisher: EventPublisher
  private let outputs: Outputs

  private struct Outputs {
    let redemptions, messages, answers, vouchers, orders, commands, reports: EventPublisher.Output
  }

  private static let figuresKey = "figures"

  init(
    _ context: ProcessorContext, _ publisher: EventPublisher, _ settings: RewardSettings, _ partnerPool: PartnerPool?
  ) throws {
    self.partnerPool = partnerPool
    self.context = context
    self.publisher = publisher
    self.settings = settings
    programs = ProgramShelf(context)
    rewards = CatalogShelf(context, RewardLibrary.shared)
    pools = CatalogShelf(context, VoucherPoolLibrary.shared)
    partners = CatalogShelf(context, PartnerLibrary.shared)
    erased = try ErasedMembers(context)
    traits = try context.store(RewardTopology.traits)
    levels = try context.store(RewardTopology.levels)
    redemptions = try context.store(RewardTopology.redemptions)
    uses = try context.store(RewardTopology.uses)
    stock = try context.store(RewardTopology.stock)
    claims = try context.store(RewardTopology.claims)
    vouchers = try context.store(RewardTopology.vouchers)
    holders = try context.store(RewardTopology.holders)
    freeCodes = try context.store(RewardTopology.freeCodes)
    guesses = try context.store(RewardTopology.guesses)
    liveCodes = try context.store(RewardTopology.liveCodes)
    bundles = try context.store(RewardTopology.bundles)
    grants = try context.store(RewardTopology.grants)
    birthdays = try context.store(RewardTopology.birthdays)
    conversions = try context.store(RewardTopology.conversions)
    orders = try context.store(RewardTopology.orders)
    figuresStore = try context.store(RewardTopology.figures)
    figures = try figuresStore.get(Self.figuresKey) ?? FiguresRow()
    figuresKept = figures
    stockLeft = Dictionary(uniqueKeysWithValues: try stock.scan(prefix: "").map { ($0.key, $0.row.stock.free) })
    outputs = Outputs(
      // A member's task writes of its members, which lie in its own partition.
      redemptions: publisher.ownPartition(of: .redemptions), messages: publisher.output(.rewardMessages),
      answers: publisher.ownPartition(of: .voucherAnswers), vouchers: publisher.output(.vouchers),
      orders: publisher.output(.orders),
      commands: publisher.ownPartition(of: .commands), reports: publisher.output(.privacyReports))
  }

  var now: Instant { Instant(milliseconds: context.clock.nowMs) }

  /// By which partners are waited for, whatever the clock of members.
  var machineNow: Instant { Instant(milliseconds: context.clock.wallNowMs()) }

  /// When what has ended now is forgotten.
  var forgetAt: Instant { now.advanced(byMilliseconds: settings.memoryMs) }

  func reward(_ id: String) -> Reward? { rewards.catalog[id]?.reward }
  func pool(_ id: String) -> VoucherPoolDocument? { pools.catalog[id] }
  func partner(_ id: String) -> PartnerDocument? { partners.catalog[id] }

  /// The version of the programme that counts at an instant.
  func program(_ id: String, at instant: Instant) -> Program? {
    programs.catalog.version(of: id, at: instant)
  }

  func put(_ row: StockRow, of reward: String) throws {
    try stock.put(reward, row)
    stockLeft[reward] = row.stock.free
  }

  // MARK: Out

  func tell(_ status: RedemptionStatus) { publisher.publish(status, to: outputs.redemptions, key: status.memberId) }

  /// - Parameter partition: of a message that goes to a partition, and to no key's owner.
  func send(_ message: RewardMessage, to partition: Int32? = nil) {
    publisher.publish(message, to: outputs.messages, partition: partition, key: message.key ?? message.memberId)
  }

  func send(_ message: BundleMessage) { publisher.publish(message, to: outputs.messages, key: message.key) }

  func ask(_ command: MemberCommand) {
    let (asked, key) = (Command.member(command), command.memberId)
    guard let signer = settings.signer else { return publisher.publish(asked, to: outputs.commands, key: key) }
    publisher.publish(asked, to: outputs.commands, key: key, signedBy: signer)
  }

  func answer(_ answer: TillAnswer) { publisher.publish(answer, to: outputs.answers, key: answer.key) }

  func tell(_ record: VoucherRecord) { publisher.publish(record, to: outputs.vouchers, key: record.key) }

  /// Takes a voucher's record from `loyalty.vouchers`.
  func forget(voucher: String) { publisher.sendTombstone(to: outputs.vouchers, key: voucher) }

  func tell(_ record: OrderRecord) { publisher.publish(record, to: outputs.orders, key: record.id) }

  /// Takes an order's record from `loyalty.orders`.
  func forget(order: String) { publisher.sendTombstone(to: outputs.orders, key: order) }

  func report(_ task: PrivacyTask, rowsErased: Int) {
    let report = task.report(
      by: .rewardEngine, partition: context.partition, rowsErased: rowsErased, at: max(task.occurredAt, now))
    publisher.publish(report, to: outputs.reports, key: task.memberId)
  }

  // MARK: Figures

  func count(_ change: (inout FiguresRow) -> Void) { change(&figures) }

  func countRefusal(_ code: String) {
    figures.refused[code, default: 0] += 1
    context.counts.rejected(code)
  }

  /// Once a cycle: in the transaction of what they count.
  func keepFigures() throws {
    guard figures != figuresKept else { return }
    try figuresStore.put(Self.figuresKey, figures)
    figuresKept = figures
  }
}
