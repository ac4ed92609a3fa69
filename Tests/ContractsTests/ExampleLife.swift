import Contracts
import Foundation
import Loyalty

/// One member under an example programme of `topics/examples/`, from the bytes of the document and of the purchases:
/// rated, booked and judged by the functions that the services call.
struct ExampleLife {
  let program: Program
  var traits: MemberTraits?
  /// What the campaigns may give; nothing unless a test grants it.
  var budgets = CampaignRooms()
  private(set) var account: Account
  private(set) var tiers: TierState
  private var records: [String: PurchaseRecord] = [:]
  private var counted: [String: CountedPurchase] = [:]
  private var purchases = 0

  init(_ name: String) throws {
    let document = try TopicFolder.files(in: "examples")[name] ?? []
    program = try ProgramDocument.decode(document)
    account = Account(memberId: "M-1", programId: program.id)
    tiers = TierState(memberId: "M-1", programId: program.id)
  }

  var available: Int64 { account.balances.available.value }
  var pending: Int64 { account.balances.pending.value }
  var level: String? { tiers.level }

  /// Buys, and says what was booked: "base 240", in order, a factor below 1 with a minus.
  mutating func buy(
    at instant: String, _ currency: String, _ lines: [String], more: String = ""
  ) throws -> [String] {
    purchases += 1
    let text = """
      {"type":"purchase.completed","id":"P-\(purchases)","occurredAt":"\(instant)","source":"pos",\
      "member":{"id":"M-1"},"currency":"\(currency)","lines":[\(lines.joined(separator: ","))]\(more.isEmpty ? "" : "," + more)}
      """
    let purchase = try Sample.decode(text)
    var journal = Journal()
    records["P-\(purchases)"] = account.book(
      purchase, under: program, traits: traits, rooms: &budgets, bookedAt: purchase.occurredAt, into: &journal)
    let bought = CountedPurchase(of: purchase)
    counted[purchase.id] = bought
    judge(bought.activity, purchase)
    return journal.entries.filter { $0.rule != nil }.map { entry in
      "\(entry.rule ?? "") \(entry.credit == .programIssued ? -entry.points.value : entry.points.value)"
    }
  }

  /// Returns lines, or all where there are none, and says how many points went.
  mutating func bringBack(_ purchaseId: String, at instant: String, _ lines: String? = nil) throws -> Int64 {
    let kind = lines == nil ? "purchase.cancelled" : "purchase.returned"
    let part = lines.map { ",\"lines\":[\($0)]" } ?? ""
    let text = """
      {"type":"\(kind)","id":"R-\(purchaseId)","occurredAt":"\(instant)","source":"pos","member":{"id":"M-1"},\
      "currency":"\(program.currencies[0].code)","purchaseId":"\(purchaseId)"\(part)}
      """
    let reversal = try Sample.decode(text)
    guard var record = records[purchaseId] else { return 0 }
    var journal = Journal()
    account.apply(reversal, to: &record, under: program, bookedAt: reversal.occurredAt, into: &journal)
    records[purchaseId] = record
    judge(counted[purchaseId]?.apply(reversal), reversal)
    return journal.entries.filter { $0.type == .pointsReversed }.reduce(0) { $0 + $1.points.value }
  }

  /// Sets the tier by hand.
  mutating func hold(_ level: String, from instant: String, until end: String) throws {
    let command = TierCommand(
      id: "T", memberId: "M-1", programId: program.id, level: level, until: Sample.instant(end),
      occurredAt: Sample.instant(instant), actor: "billing", reason: "fee paid")
    note(try tiers.set(command, under: program).get())
  }

  private mutating func judge(_ activity: TierActivity?, _ event: Transaction) {
    guard let activity else { return }
    note(tiers.count(activity, occurredAt: event.occurredAt, cause: event.id, under: program))
  }

  private mutating func note(_ changes: [TierChange]) {
    for change in changes { account.tierHistory.append(TierStep(level: change.level, since: change.since)) }
  }
}

extension Sample {
  static func instant(_ text: String) -> Instant {
    guard let instant = Instant(rfc3339: text) else { preconditionFailure("not an instant: \(text)") }
    return instant
  }

  static func line(_ sku: String, _ category: String, _ amount: String, quantity: Int = 1, brand: String? = nil)
    -> String
  {
    let more = brand.map { ",\"brand\":\"\($0)\"" } ?? ""
    return "{\"sku\":\"\(sku)\",\"category\":\"\(category)\",\"quantity\":\(quantity),\"amount\":\"\(amount)\"\(more)}"
  }
}
