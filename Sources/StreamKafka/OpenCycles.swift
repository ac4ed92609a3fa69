/// Whose rows a store holds that are not committed: those of one cycle, and perhaps, while its outcome is awaited,
/// those of the next one.
struct OpenCycles {
  /// Something was written since the last commit.
  var isOpen = false
  /// The first cycle's rows are all there: what is written now is the next one's.
  private var isAwaited = false
  /// Something of the next cycle was written.
  private(set) var holdNext = false
  /// And it is in the database's open transaction, or goes there with what is the first one's: only the commit of the
  /// next cycle may end that transaction.
  private(set) var areMixed = false

  /// To memory.
  mutating func rowIsWritten() {
    isOpen = true
    if isAwaited { holdNext = true }
  }

  /// All rows in memory.
  mutating func rowsGoToTheTransaction() {
    if holdNext { areMixed = true }
  }

  /// They go with whatever is committed first.
  mutating func formatsAreWritten() {
    rowIsWritten()
    rowsGoToTheTransaction()
  }

  mutating func outcomeIsAwaited() { isAwaited = true }

  mutating func firstIsCommitted() { self = OpenCycles(isOpen: holdNext) }

  init(isOpen: Bool = false) { self.isOpen = isOpen }
}
