/// A row that is due, by its store and a digest of its key: neither content nor anybody's id.
struct DueRow: Hashable {
  /// Index into ``Topology/stores``.
  var table: Int
  var digest: UInt64

  init(table: Int, digest: UInt64) {
    self.table = table
    self.digest = digest
  }

  init(table: Int, key: UnsafeRawBufferPointer) { self.init(table: table, digest: Self.digest(of: key)) }

  /// FNV-1a, 64 bits: the same in every process and release, since notes outlive both (``Attempts``).
  private static func digest(of key: UnsafeRawBufferPointer) -> UInt64 {
    key.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// As it is logged: 16 hexadecimal digits.
  var digestText: String {
    let digits = String(digest, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Through which a partition's stores hand out rows that are due: all of them, but for those that are put off; or,
/// while the thread looks for the one to blame (``Isolation``), one a cycle.
///
/// A row is put off by its digest alone, in memory: its due instant stands, in store and changelog. Whoever owns the
/// partition next tries it at once. One thread, that of the task.
@usableFromInline final class DueRowGate {
  private let attempts: Attempts
  private let wallNowMs: () -> Int64
  /// Of rows put off, until when: milliseconds since 1970, by the machine's clock whatever the task's is.
  private var ends: [DueRow: Int64] = [:]
  private var firstEndMs: Int64?
  private var takesOne = false
  private var isFirstNoted = false
  /// The row that this cycle has taken alone.
  private(set) var alone: DueRow?
  /// Rows that this cycle was handed.
  private(set) var count = 0

  init(_ attempts: Attempts, wallNowMs: @escaping () -> Int64) {
    self.attempts = attempts
    self.wallNowMs = wallNowMs
  }

  // MARK: For stores

  /// Of so many rows that are asked for, how many may be handed out, and how many must be looked at for that.
  @usableFromInline func bounds(_ limit: Int) -> (allowed: Int, looked: Int) {
    let allowed = isFull || takesOne && alone != nil ? 0 : takesOne ? min(limit, 1) : limit
    return (allowed, allowed == 0 ? 0 : min(allowed, .max - ends.count) + ends.count)
  }

  /// Whether a row may be handed out, which it then is.
  @usableFromInline func admits(_ key: UnsafeRawBufferPointer, of table: Int) throws -> Bool {
    if takesOne || !ends.isEmpty || !isFirstNoted {
      let row = DueRow(table: table, key: key)
      guard ends[row] == nil else { return false }
      try attempts.takes(row, alone: takesOne)
      isFirstNoted = true
      if takesOne { alone = row }
    }
    count += 1
    return true
  }

  /// So many rows are put off that no further one is handed out before one of these is tried again.
  @usableFromInline var isFull: Bool { ends.count >= Limits.timersPutOffMax }

  // MARK: For the task

  func begin(alone: Bool) { takesOne = alone }

  /// The cycle is committed, or will never be.
  func endCycle() {
    takesOne = false
    alone = nil
    count = 0
  }

  func putOff(_ row: DueRow, forMs ms: Int64) {
    ends[row] = wallNowMs() + ms
    firstEndMs = ends.values.min()
  }

  /// Whether rows are to be tried again.
  var hasEnded: Bool { firstEndMs.map { $0 <= wallNowMs() } ?? false }

  /// They are handed out again. Returns how many.
  func release() -> Int {
    let before = ends.count
    let nowMs = wallNowMs()
    ends = ends.filter { $0.value > nowMs }
    firstEndMs = ends.values.min()
    return before - ends.count
  }
}
