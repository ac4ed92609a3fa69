import Contracts
import Foundation
import JSON
import Loyalty
import Notifier
import ServiceKit
import StreamRuntime
import StreamTesting
import Synchronization
import TestValues
import Testing

/// The notifier on an in-memory log, with senders that answer as the test says. Close it at the end.
final class Mailroom {
  static let programme = """
    {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"Journey Rewards","currencies":["USD"],
     "timeZone":"UTC","locales":["en","vi"],"earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}],
     "pending":{"days":14},"expiry":{"kind":"months","months":6},
     "tiers":{"metric":"spend","window":{"kind":"lifetime"},
      "levels":[{"id":"member","from":"0"},{"id":"gold","from":"1000","factor":"1.5"}]}}
    """
  static let now = "2017-03-01T12:00:00Z"
  static let channels = ["--smtp-url", "smtp://unused:25", "--mail-from", "Journey <points@example.com>"]
  static let gateway = ["--sms-url", "http://unused/sms"]

  let post = Post()
  /// The pools' own clock, which `pass` moves too.
  let steady = ManualClock(0)
  let driver: TopologyDriver
  private let pools: PoolShelf

  /// The pool of the running process; a test ends a process by starting the next.
  var pool: SenderPools { pools.current.withLock { $0 } }

  init(
    _ flags: [String] = channels + gateway, clock: ClockMode = .stream, programmes: [String] = [programme],
    partitionCount: Int = 1,
    makeSender: (@Sendable (NotifierSettings) throws -> any MessageSender)? = nil
  ) throws {
    let settings = try Self.settings(flags)
    let (post, steady) = (post, steady)
    pools = try PoolShelf {
      try SenderPools { carrier in
        try SenderPool(
          carrier, threadCount: settings.senderThreads, slotsMax: settings.sendSlotsMax, breaker: settings.pauses,
          pace: settings.pace(of: carrier), clock: { steady.nowMs }, log: quietLog,
          makeSender: { try makeSender?(settings) ?? post.sender() })
      }
    }
    driver = try TopologyDriver(
      Self.topology(settings, pools), partitionCount: partitionCount, clock: clock,
      wallNowMs: time(Self.now).milliseconds)
    let reports = settings.feedbackFigures
    driver.metrics.tell { [pools] in pools.current.withLock { $0.figures } + reports.gauges }
    driver.metrics.tellHistograms { [pools] in pools.current.withLock { $0.histograms } }
    for programme in programmes { publish(programme) }
  }

  private static func settings(_ flags: [String]) throws -> NotifierSettings {
    let command = CommandDeclaration("notifier", summary: "", settings: NotifierSettings.all)
    guard case .run(_, let settings) = try command.parse(flags, environment: [:], version: "0") else {
      throw ConfigurationError([.init(place: "test", remedy: "is no run")])
    }
    return try NotifierSettings(settings)
  }

  /// The notifier's topology, with the pool of whichever process runs.
  private static func topology(_ settings: NotifierSettings, _ pools: PoolShelf) -> Topology {
    let base = NotifierTopology.make(settings, pools: pools.current.withLock { $0 }, storeRowsCached: 100)
    return Topology(
      service: base.service, inputTopics: base.inputTopics, stores: base.stores, globalTopics: base.globalTopics,
      outputTopics: Array(base.outputTopics.dropLast(1 + base.stores.count)),
      makeProcessor: { context in
        let pool = pools.current.withLock { $0 }
        return try NotifierTopology.make(settings, pools: pool, storeRowsCached: 100).makeProcessor(context)
      })
  }

  func close() {
    driver.close()
    post.letAllGo()
    #expect(throws: Never.self) { try pools.closeAll() }
  }

  /// `kill -9` of the process and the start of the next.
  func crash(losingDisk: Bool = false) throws {
    driver.kill()
    if losingDisk { driver.disk.lose() }
    try pools.next()
    try driver.start()
  }

  // MARK: What comes in

  func publish(_ programme: String) { driver.publish(Topic.programs.name, key: "journey:1", value: programme) }

  /// The profile is known before anything that is published later.
  func join(
    _ member: String = "M-1", email: Bool = true, sms: Bool = false, locale: String? = nil, name: String = "Lan",
    address: String? = nil, phone: String = "+84901234567", at: String = "2017-01-01",
    agreesTo kind: Consent.Kind? = .service, timeZone: String? = nil
  ) throws {
    let kinds = Set([kind].compactMap { $0 })
    let profile = MemberProfile(
      id: member, name: name, email: address ?? "\(member)@example.com".lowercased(), phone: phone, locale: locale,
      timeZone: timeZone, consent: Consent(email: email ? kinds : [], sms: sms ? kinds : []), occurredAt: time(at))
    driver.publish(Topic.members.name, key: member, value: json { profile.encode(to: &$0) })
    try driver.run()
  }

  /// One booking, of a purchase where `lot` says nothing else; each part is an entry. What is below 0 a factor took
  /// off. Pending until 15 March and gone at noon of 1 September, or without an end on an account that is frozen.
  func earn(
    _ parts: Int64..., cause: String = "P-1", member: String = "M-1", at: String = Mailroom.now,
    bookedAt: String? = nil, only entries: Set<Int>? = nil, traceparent: String? = nil, lot: String? = nil,
    status: Standing.Name? = nil, program: String = "journey"
  ) {
    for (index, points) in parts.enumerated() where entries?.contains(index + 1) ?? true {
      let reduces = points < 0
      book(
        LedgerEntry(
          id: "\(cause)/\(index + 1)", type: reduces ? .pointsReduced : .pointsEarned, memberId: member,
          programId: program, sequence: Int64(index + 1), points: Points(abs(points)),
          debit: reduces ? .memberPending : .programIssued, credit: reduces ? .programIssued : .memberPending,
          lotId: lot ?? "pos:\(cause)", pendingUntil: reduces || status != nil ? nil : time("2017-03-15T12:00:00Z"),
          expiresAt: reduces ? nil : time("2017-09-01T12:00:00Z"), cause: cause, source: "pos", rule: "base",
          occurredAt: time(at), bookedAt: time(bookedAt ?? at),
          programVersion: 1, balances: Balances(pending: Points(points), available: 40), accountStatus: status,
          bookingEntry: index + 1, bookingOf: parts.count), traceparent)
    }
  }

  func redeem(
    _ points: Int64, cause: String = "R-1", type: EntryType = .pointsRedeemed, member: String = "M-1"
  ) {
    book(
      LedgerEntry(
        id: "\(cause)/1", type: type, memberId: member, programId: "journey", sequence: 9, points: Points(points),
        debit: .memberAvailable, credit: .programRedeemed, cause: cause, occurredAt: time(Self.now),
        bookedAt: time(Self.now), programVersion: 1, balances: Balances(available: 40)))
  }

  /// Points of another member's transfer, or of one's own that came back.
  func receive(_ points: Points..., from other: String = "M-2", cause: String = "T-1", type: EntryType = .transferredIn)
  {
    for (index, part) in points.enumerated() {
      book(
        LedgerEntry(
          id: "\(other)/\(cause)/\(index + 1)", type: type, memberId: "M-1", programId: "journey",
          sequence: Int64(20 + index), points: part, debit: .programTransfer, credit: .memberAvailable,
          counterparty: other, cause: cause, occurredAt: time(Self.now), bookedAt: time(Self.now), programVersion: 1,
          balances: Balances(available: 40), bookingEntry: index + 1, bookingOf: points.count))
    }
  }

  private func book(_ entry: LedgerEntry, _ traceparent: String? = nil) {
    driver.publish(
      Topic.ledger.name, key: entry.memberId, value: json { entry.encode(to: &$0) },
      headers: traceparent.map { ["traceparent": $0] } ?? [:])
  }

  func reach(
    _ level: String, reason: TierChange.Reason = .upgrade, since: String = Mailroom.now, member: String = "M-1"
  ) {
    let change = TierChange(
      memberId: member, programId: "journey", level: level, previous: "member", since: time(since), until: nil,
      reason: reason, metric: .zero, cause: "P")
    driver.publish(Topic.tiers.name, key: member, value: json { change.encode(to: &$0) })
  }

  /// The answer to a claim of the receipt POS-7.
  func answer(
    _ id: String, _ outcome: ClaimStatus.Outcome, member: String = "M-1", cause: ClaimStatus.Cause = .claim,
    lockedUntil: String? = nil, program: String? = "journey"
  ) {
    let status = ClaimStatus(
      id: id, memberId: member, receipt: "POS-7", outcome: outcome, cause: cause, programId: program,
      lockedUntil: lockedUntil.map(time), occurredAt: time(Self.now))
    driver.publish(Topic.claims.name, key: member, value: json { status.encode(to: &$0) })
  }

  /// The member says which messages they want.
  func say(
    _ changes: Preference..., id: String = "web-1", member: String = "M-1", source: String = "web-page",
    at: String = Mailroom.now
  ) {
    let request = PreferenceRequest(
      id: id, subject: .member(member), changes: changes, source: source, occurredAt: time(at))
    driver.publish(Topic.preferenceRequests.name, key: member, value: json { request.encode(to: &$0) })
  }

  func erase(_ member: String = "M-1") {
    let task = PrivacyTask(
      id: "E-1:erase", kind: .erase, requestId: "E-1", memberId: member, services: [.notifier],
      occurredAt: time(Self.now))
    driver.publish(Topic.privacyTasks.name, key: member, value: json { task.encode(to: &$0) })
  }

  // MARK: What goes on

  /// Runs until the worker is at rest and `condition` holds; without one, until every attempt is recorded.
  func run(until condition: (() -> Bool)? = nil) throws {
    let deadline = Date().addingTimeInterval(20)
    while true {
      try driver.run()
      if condition?() ?? pool.isSettled { return }
      try #require(Date() < deadline, "waited too long")
      usleep(1_000)
    }
  }

  func pass(seconds: Int64) {
    driver.wall.nowMs += seconds * 1_000
    steady.nowMs += seconds * 1_000
  }

  // MARK: What comes out

  func notifications() throws -> [Contracts.Notification] {
    try driver.values(of: Topic.notifications.name) { try Notification(decoding: $0) }
  }

  /// `template channel outcome reason attempts` of each outcome.
  func outcomes() throws -> [String] {
    try notifications().map { notification in
      [
        notification.template, notification.channel.rawValue, notification.outcome.rawValue, notification.reason,
        "\(notification.attempts)",
      ].compactMap { $0 }.joined(separator: " ")
    }
  }

  /// The gauge of a channel; nil when it is not told.
  func waiting(_ channel: String) -> Int? { figure("stampede_messages_waiting", channel) }

  func figure(_ name: String, _ channel: String) -> Int? {
    let start = "\(name){service=\"notifier\",channel=\"\(channel)\"} "
    let line = driver.metrics.exposition().split(separator: "\n").first { $0.hasPrefix(start) }
    return line.flatMap { Int($0.dropFirst(start.count)) }
  }

  func messageRows() -> Int {
    [
      "messages", "sms-messages", "security-messages", "security-sms-messages", "marketing-messages",
      "marketing-sms-messages", "zns-messages", "marketing-zns-messages", "push-messages", "security-push-messages",
      "marketing-push-messages", "told",
    ].reduce(0) { $0 + driver.rows(of: $1).count }
  }
  func profileRows() -> Int { driver.rows(of: "profiles").count }
}

/// The sender pools of one process after another.
final class PoolShelf: Sendable {
  let current: Mutex<SenderPools>
  private let all: Mutex<[SenderPools]>
  private let make: @Sendable () throws -> SenderPools

  init(_ make: @escaping @Sendable () throws -> SenderPools) throws {
    let first = try make()
    self.make = make
    current = Mutex(first)
    all = Mutex([first])
  }

  func next() throws {
    let pool = try make()
    all.withLock { $0.append(pool) }
    current.withLock { $0 = pool }
  }

  func closeAll() throws {
    for pool in all.withLock({ $0 }) { try pool.stop() }
  }
}

let quietLog = Log("test", to: LogOutput(level: .error, descriptor: open("/dev/null", O_WRONLY)))
