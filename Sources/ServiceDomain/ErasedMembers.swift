import Contracts
import Loyalty
import StreamRuntime

/// Whom this partition has erased, so that an event of theirs that was still under way does not bring them back.
///
/// What occurred up to the erasure belongs to the life that was erased: it is passed over, told by nothing but the
/// counter `stampede_records_rejected_total{code="member-erased"}`, for a refusal would name the member again. What
/// occurred later begins a new life under the same id. A row holds a digest of the id and two instants, no personal
/// data, and goes after ``rememberedMs``.
///
/// One thread, that of the task.
package final class ErasedMembers {
  private static let store = StoreDefinition<String, ErasedMemberRow>("erased-members")
  /// Those not in memory are asked of the database, by events older than the last erasure alone.
  package static let storeSpec = store.caching(1_000)
  /// As long as `transaction-ingest` remembers a purchase by default, and much longer than anything stays under way.
  package static let rememberedMs: Int64 = 90 * Instant.dayMs

  private let context: ProcessorContext
  private let erasures: Store<String, ErasedMemberRow>
  /// No remembered erasure is later: an event after it needs no look.
  @usableFromInline private(set) var latest: Instant?

  /// Opens the store, which the topology declares by ``storeSpec``.
  package init(_ context: ProcessorContext) throws {
    self.context = context
    erasures = try context.store(Self.store)
    latest = try erasures.scan(prefix: "").map(\.row.erasedAt).max()
  }

  /// Remembers an erasure by the instant it was asked for, and by now where that is earlier: what the member does from
  /// now on belongs to a new life, whatever a request says.
  package func remember(_ task: PrivacyTask) throws {
    let key = Self.key(task.memberId)
    let known = try erasures.get(key)
    let erasedAt = context.clock.atMostNow(max(task.occurredAt, known?.erasedAt ?? task.occurredAt))
    let now = Instant(milliseconds: context.clock.nowMs)
    try erasures.put(
      key, ErasedMemberRow(erasedAt: erasedAt, forgetAt: max(now, erasedAt).advanced(byMilliseconds: Self.rememberedMs))
    )
    latest = max(erasedAt, latest ?? erasedAt)
  }

  /// Whether a member was erased at this instant or later.
  package func contains(_ memberId: String, happenedAt: Instant) throws -> Bool {
    guard let latest, happenedAt <= latest else { return false }
    let key = Self.key(memberId)
    guard let row = try erasures.get(key), happenedAt <= row.erasedAt else { return false }
    try endNow(row, key)
    return true
  }

  /// An erasure of the future, as earlier releases took it, holds up to now and no further.
  private func endNow(_ row: ErasedMemberRow, _ key: String) throws {
    guard context.clock.isInTheFuture(row.erasedAt) else { return }
    let now = Instant(milliseconds: context.clock.nowMs)
    try erasures.put(key, ErasedMemberRow(erasedAt: now, forgetAt: now.advanced(byMilliseconds: Self.rememberedMs)))
  }

  /// Whether an event is to be passed over because its member was erased since; counts it then.
  @inlinable package func passOver(_ event: borrowing some MemberEvent) throws -> Bool {
    guard let latest, event.happenedAt <= latest else { return false }
    return try passOver(event.memberId, happenedAt: event.happenedAt)
  }

  package func passOver(_ memberId: String, happenedAt: Instant) throws -> Bool {
    guard try contains(memberId, happenedAt: happenedAt) else { return false }
    context.counts.rejected("member-erased")
    return true
  }

  /// Forgets erasures whose time is over.
  package var sweep: Sweep { .forgetting(erasures) }

  private static func key(_ memberId: String) -> String { SHA256.hexadecimal(of: memberId) }
}

package struct ErasedMemberRow: StoreRow {
  package var erasedAt: Instant
  package var forgetAt: Instant

  package static let format: UInt8 = 1

  package var dueMs: Int64? { forgetAt.milliseconds }

  package init(erasedAt: Instant, forgetAt: Instant) {
    self.erasedAt = erasedAt
    self.forgetAt = forgetAt
  }

  package func encode(to row: RowEncoder) {
    row.instant(erasedAt)
    row.instant(forgetAt)
  }

  package init(from row: inout RowDecoder) throws {
    self.init(erasedAt: try row.instant(), forgetAt: try row.instant())
  }
}
