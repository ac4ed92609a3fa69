import Contracts
import JSON
import Loyalty
import Partners
import RewardEngine
import Rewards
import Signing
import StreamRuntime
import StreamTesting
import TestValues

/// A running reward engine on an in-memory log, with a programme, rewards and pools published, and somebody who answers
/// its commands on points as the points engine does. Close it at the end.
final class RewardFixture {
  let driver: TopologyDriver
  static let key: VoucherKey = {
    guard let key = VoucherKey(secrets: "voucher-secret-of-tests-0123456789abcdef") else {
      preconditionFailure("the secret is too short")
    }
    return key
  }()
  /// What members have; who is not named has nothing.
  var balances: [String: Int64]
  private(set) var taken: [String: Int64] = [:]
  private var answered: Set<String> = []
  private var sent = 0
  /// Who delivers rewards of the partner `tea-house`; its calls are made by ``run()``.
  let partner = ScriptedPartner()
  private(set) var partnerPool: PartnerPool
  private let partnerClock: ManualClock
  private let settings: RewardSettings

  static let programme =
    #"{"id":"coffee","version":1,"effectiveFrom":"2025-01-01T00:00:00Z","name":"Coffee","currencies":["VND"],"#
    + #""timeZone":"Asia/Ho_Chi_Minh","earning":[]}"#

  static func reward(
    _ id: String, points: Int64 = 100, stock: Int64? = nil, version: Int = 1, pool: String? = "own", more: String = ""
  ) -> String {
    let deliver = pool.map { #"{"voucher":"\#($0)"}"# } ?? #"{"manual":true}"#
    return #"{"id":"\#(id)","version":\#(version),"names":{"en":"A thing"},"programId":"coffee","kind":"gift","#
      + #""costs":[{"points":\#(points)}],"deliver":\#(deliver)"#
      + (stock.map { #","stock":\#($0)"# } ?? "") + more + "}"
  }

  static func pool(
    _ id: String, source: String = #""own","pattern":"LT-####-#####-####","codesMax":200000"#,
    effect: String = #"{"kind":"amount","amount":"50000"}"#, more: String = ""
  ) -> String {
    #"{"id":"\#(id)","version":1,"names":{"en":"Pool"},"timeZone":"Asia/Ho_Chi_Minh","source":\#(source),"#
      + #""validForDays":30,"currency":"VND","effect":\#(effect)\#(more)}"#
  }

  init(
    programme: String = RewardFixture.programme, rewards: [String] = [reward("latte")],
    pools: [String] = [pool("own"), pool("imported", source: #""imported""#)],
    balances: [String: Int64] = ["M-1": 1_000, "M-2": 1_000], partitionCount: Int = 1, wrongMax: Int64 = 20,
    signer: SigningKey? = nil, now: String = "2026-11-22"
  ) throws {
    self.balances = balances
    var settings = RewardSettings(key: Self.key, wrongMax: wrongMax)
    settings.signer = signer
    self.settings = settings
    partnerClock = ManualClock(time(now).milliseconds)
    partnerPool = try Self.pool(partnerClock)
    driver = try TopologyDriver(
      RewardTopology.make(settings, partners: partnerPool, storeRowsCached: 100),
      partitionCount: partitionCount, clock: .wall, wallNowMs: time(now).milliseconds)
    publish(Topic.partners, Self.teaHouse, key: "tea-house:1")
    publish(Topic.programs, programme, key: "coffee:1")
    for reward in rewards { publish(reward: reward) }
    for pool in pools { publish(Topic.voucherPools, pool, key: try Self.documentKey(pool)) }
  }

  func publish(programme: String, version: Int) { publish(Topic.programs, programme, key: "coffee:\(version)") }

  func publish(reward: String) { publish(Topic.rewards, reward, key: (try? Self.documentKey(reward)) ?? "") }

  private func publish(_ topic: Topic, _ value: String, key: String) {
    driver.publish(topic.name, partition: 0, key: key, value: value)
  }

  private static func documentKey(_ text: String) throws -> String {
    let value = try JSONValue(parsing: Array(text.utf8))
    return "\(value["id"]?.string ?? ""):\(value["version"]?.integer ?? 1)"
  }

  // MARK: In

  var now: Instant { Instant(milliseconds: driver.wall.nowMs) }

  func wait(minutes: Int64) { driver.wall.nowMs += minutes * 60_000 }

  func ask(_ id: String, _ kind: RewardRequest.Kind, member: String = "M-1") {
    let request = RewardRequest(id: id, memberId: member, kind: kind, occurredAt: now)
    driver.publish(Topic.rewardRequests.name, key: member, value: json { request.encode(to: &$0) })
  }

  func redeem(_ id: String, _ reward: String = "latte", member: String = "M-1", quantity: Int64 = 1) {
    ask(id, .redeem(.init(reward: reward, quantity: quantity)), member: member)
  }

  func `import`(_ codes: [String], into pool: String = "imported", until end: Instant? = nil) {
    for code in codes {
      let record = ImportedCode(
        digest: CodeDigest(of: code, digest: Self.key.digest), pool: pool, sealed: Self.key.seal(code),
        codeEnd: String(code.suffix(4)), validUntil: end, occurredAt: now)
      driver.publish(Topic.voucherCodes.name, key: record.key, value: json { record.encode(to: &$0) })
    }
  }

  /// Sends a till's command; its answer is found under the id that is returned.
  @discardableResult
  func till(
    _ kind: TillCommand.Kind, _ codes: CodeDigest..., source: String = "pos", member: String? = nil,
    at instant: Instant? = nil
  ) -> String {
    send(kind, codes, source: source, member: member, at: instant)
  }

  func send(
    _ kind: TillCommand.Kind, _ codes: [CodeDigest], source: String, member: String?, at instant: Instant?
  ) -> String {
    sent += 1
    let command = TillCommand(
      id: "t-\(sent)", source: source, codes: codes, member: member, store: "HCM-07", kind: kind,
      occurredAt: instant ?? now)
    driver.publish(Topic.voucherCommands.name, key: command.key, value: json { command.encode(to: &$0) })
    return command.id
  }

  func hold(_ hold: String, bill: String, amount: Int64 = 95_000) -> TillCommand.Kind {
    let basket = Basket(currency: currency("VND"), lines: [BasketLine(sku: "latte", amount: amount)])
    return .hold(.init(hold: hold, bill: bill, basket: basket))
  }

  func erase(_ member: String) {
    for partition in 0..<Int32(driver.log.partitionCount) {
      let task = PrivacyTask(
        id: "E:\(partition)", kind: .erase, requestId: "E", memberId: member, services: [.rewardEngine],
        occurredAt: now)
      driver.publish(
        Topic.privacyTasks.name, partition: partition, key: member, value: json { task.encode(to: &$0) })
    }
  }

  // MARK: Run

  /// Until nothing moves any more.
  func run() throws {
    repeat { try driver.run() } while try book() || callPartner()
  }

  /// Answers commands on points, each once. Says whether there was one.
  func book() throws -> Bool {
    let all = try driver.values(of: Topic.commands.name) { try Command(decoding: $0) }
    let ids = all.map { Self.of($0.memberId ?? "", $0.id) }
    precondition(Set(ids).count == ids.count, "a command was given twice")
    let commands = zip(ids, all).filter { !answered.contains($0.0) }
    for case (let id, .member(let command)) in commands {
      answered.insert(id)
      answer(command)
    }
    return !commands.isEmpty
  }

  /// The command that was given last, however often it was.
  func answerLast() throws {
    let all = try driver.values(of: Topic.commands.name) { try Command(decoding: $0) }
    guard case .member(let command) = all.last else { preconditionFailure("there is no command") }
    answer(command)
  }

  private func answer(_ command: MemberCommand) {
    let has = balances[command.memberId, default: 0]
    switch command.kind {
    case .redeem(let points, _):
      let isEnough = points.value <= has
      if isEnough {
        balances[command.memberId] = has - points.value
        taken[Self.of(command.memberId, command.id)] = points.value
      }
      tell(command, isEnough ? .pointsRedeemed : .redemptionRefused, points: isEnough ? points : 0)
    case .cancelRedemption(let redemption, let points):
      let left = taken[Self.of(command.memberId, redemption), default: 0]
      let back = points?.value ?? left
      precondition(back <= left, "more comes back than was taken")
      taken[Self.of(command.memberId, redemption)] = left - back
      balances[command.memberId] = has + back
      tell(command, .redemptionCancelled, points: Points(back))
    default: preconditionFailure("the reward engine asks for \(command.kind)")
    }
  }

  /// Ids of commands are a member's own.
  private static func of(_ memberId: String, _ commandId: String) -> String { RecordKey.joined(memberId, commandId) }

  private func tell(_ command: MemberCommand, _ type: EntryType, points: Points) {
    let entry = LedgerEntry(
      id: command.id + "/1", type: type, memberId: command.memberId, programId: "coffee", sequence: 1, points: points,
      cause: command.id, source: command.source,
      reason: type == .redemptionRefused ? RefusalCode.insufficientPoints.rawValue : nil, shortfall: 0,
      occurredAt: command.occurredAt, bookedAt: command.occurredAt, programVersion: 1,
      balances: Balances(pending: 0, available: Points(balances[command.memberId, default: 0])))
    driver.publish(Topic.ledger.name, key: command.memberId, value: json { entry.encode(to: &$0) })
  }

  // MARK: The partner

  static let teaHouse =
    #"{"id":"tea-house","version":1,"names":{"en":"Tea"},"adapter":"json","url":"https://tea.example"}"#

  /// A reward that the partner delivers.
  static func tea(_ id: String = "tea", stock: Int64? = nil, partner: String = "tea-house", more: String = "") -> String
  {
    reward(id, stock: stock, pool: nil, more: more)
      .replacing(#"{"manual":true}"#, with: #"{"partner":"\#(partner)","product":"tea"}"#)
  }

  /// A process's: without threads, so that tests make the calls when they want to.
  private static func pool(_ clock: ManualClock) throws -> PartnerPool {
    let account = try PartnerAccount(
      .json, url: "https://tea.example", credentials: Array(#"{"token":"t"}"#.utf8), file: { _ in nil })
    let adapter = account.adapter
    return try PartnerPool(
      callsMax: 4, threadCount: 0, timeoutMs: 60_000, clock: { clock.nowMs },
      accounts: { $0.id == "tea-house" ? adapter : nil }, makeCaller: { preconditionFailure("there are no threads") })
  }

  /// Makes the calls that wait, and lets a moment pass. Says whether there was one.
  func callPartner() -> Bool {
    partnerClock.nowMs = driver.wall.nowMs
    var count = 0
    while partnerPool.callOne(partner) { count += 1 }
    if count > 0 { driver.wall.nowMs += 50 }
    return count > 0
  }

  /// The process is gone, and what it had out with it; another one starts on its disk.
  func dieWithCallsOut() throws {
    driver.kill()
    partnerPool = try Self.pool(partnerClock)
    try driver.restart(as: RewardTopology.make(settings, partners: partnerPool, storeRowsCached: 100))
  }

  // MARK: Out

  func statuses() throws -> [RedemptionStatus] {
    try driver.values(of: Topic.redemptions.name) { try RedemptionStatus(decoding: $0) }
  }

  /// The last word of a redemption.
  func status(_ redemption: String, member: String = "M-1") throws -> RedemptionStatus? {
    try statuses().last { $0.redemptionId == redemption && $0.memberId == member }
  }

  func answer(_ id: String) throws -> TillAnswer? {
    try driver.values(of: Topic.voucherAnswers.name) { try TillAnswer(decoding: $0) }.last { $0.id == id }
  }

  /// Vouchers as they stand, by id.
  func vouchers() throws -> [String: VoucherRecord] {
    var found: [String: VoucherRecord] = [:]
    for output in driver.outputs(Topic.vouchers.name) {
      guard let key = output.key else { continue }
      found[key] = try output.value.map { try bytes($0) { try VoucherRecord(decoding: $0) } }
    }
    return found
  }

  /// The digest of the code that a redemption's voucher has.
  func code(_ redemption: String, member: String = "M-1", piece: Int = 0) throws -> CodeDigest {
    let issued = try statuses().last { $0.redemptionId == redemption && $0.memberId == member && $0.state == .issued }
    guard let sealed = issued?.vouchers[piece].code, let code = Self.key.open(sealed) else {
      preconditionFailure("\(redemption) was not issued")
    }
    return CodeDigest(of: code, digest: Self.key.digest)
  }

  func rows(_ store: String) -> Int {
    (0..<Int32(driver.log.partitionCount)).reduce(0) { $0 + driver.rows(of: store, partition: $1).count }
  }

  func deadLetters() -> [TopologyDriver.Output] { driver.outputs(Topic.deadLetters(of: .rewardEngine)) }
}
