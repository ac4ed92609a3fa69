/// Writes the rows of one table that have a format before the present one in the present one, some a cycle, so that a
/// later release need not read the old format. Begins again at the table's start after a restart or an aborted cycle.
struct RowRewrite {
  private let table: any ChangeloggedTable
  private var last: [UInt8]?

  init(_ table: any ChangeloggedTable) { self.table = table }

  var store: Int { table.table }

  /// True when the table's end is reached.
  mutating func step() throws -> Bool {
    last = try table.rewriteOld(after: last, limit: Limits.rowsLookedAtForRewriting)
    return last == nil
  }
}
