import StreamRuntime

/// The disk of one worker: its partitions' databases, which outlive the worker unless the disk is lost.
package final class MemoryDisk {
  private var databases: [Int32: MemoryDatabase] = [:]

  /// Input offsets kept beside the stores, as only a faulty worker would.
  var keptOffsets: [TopicPartition: Int64] = [:]

  /// Beside the databases, by partition.
  package internal(set) var notes: [Int32: [UInt8]] = [:]

  package init() {}

  func database(_ partition: Int32, tables: Int) -> MemoryDatabase {
    if let found = databases[partition] { return found }
    let new = MemoryDatabase(tables: tables)
    databases[partition] = new
    return new
  }

  package func lose() {
    databases = [:]
    keptOffsets = [:]
    notes = [:]
  }

  /// The machine stops without a word: the last commit of each database may not have reached the disk.
  func losePower() {
    for database in databases.values { database.takeBackLastCommit() }
    notes = [:]
  }

  /// What is noted of the formats of a table's rows.
  package func formats(partition: Int32, table: Int) -> Set<UInt8>? { databases[partition]?.formats[table] ?? nil }

  /// As databases are that release 0.1.0 has made: they note no formats.
  package func forgetFormats() {
    for database in databases.values { database.forgetFormats() }
  }

  /// Committed rows of a table, by key: images as they stand in the changelog.
  package func rows(partition: Int32, table: Int) -> [[UInt8]: [UInt8]] {
    databases[partition]?.committedRows(table: table).filter { $0.key.first != 0 } ?? [:]
  }

  /// The same with the runtime's own rows.
  func allRows(partition: Int32, table: Int) -> [[UInt8]: [UInt8]] {
    databases[partition]?.committedRows(table: table) ?? [:]
  }

  func position(partition: Int32, table: Int) -> Int64? { databases[partition]?.positions[table] ?? nil }
}

/// One partition's database: what stands in it, and how to take back what is not committed.
final class MemoryDatabase {
  struct Row {
    var image: [UInt8]
    var dueMs: Int64?
  }

  /// What stood in a place before it was written.
  enum Change {
    case row(table: Int, key: [UInt8], Row?)
    case position(table: Int, Int64?)
    case formats(table: Int, Set<UInt8>?)
    case current(Int64?)
  }

  private(set) var tables: [[[UInt8]: Row]]
  private(set) var positions: [Int64?]
  /// Nil where nobody has noted any.
  private(set) var formats: [Set<UInt8>?]
  private(set) var currentMs: Int64?
  var cluster: String?
  /// Since the last commit, or of the next cycle where one has ended whose outcome is awaited.
  private var undo: [Change] = []
  /// Of that one.
  private var undoOfEnded: [Change]?
  private var undoOfLastCommit: [Change] = []
  /// A database is held by one process at a time.
  var isOpen = false

  init(tables: Int) {
    self.tables = Array(repeating: [:], count: tables)
    positions = Array(repeating: nil, count: tables)
    formats = Array(repeating: nil, count: tables)
  }

  func set(table: Int, key: [UInt8], _ row: Row?) {
    undo.append(.row(table: table, key: key, tables[table][key]))
    tables[table][key] = row
  }

  func setPosition(table: Int, _ offset: Int64) {
    noteOfEnded(.position(table: table, positions[table]))
    positions[table] = offset
  }

  func setFormats(table: Int, _ found: Set<UInt8>) {
    undo.append(.formats(table: table, formats[table]))
    formats[table] = found
  }

  func forgetFormats() { formats = formats.map { _ in nil } }

  func setCurrent(_ ms: Int64) {
    noteOfEnded(.current(currentMs))
    currentMs = ms
  }

  /// Positions and such belong to the cycle that is about to be committed.
  private func noteOfEnded(_ change: Change) {
    if undoOfEnded == nil { undo.append(change) } else { undoOfEnded?.append(change) }
  }

  /// What is written from now on belongs to the next cycle.
  func endCycle() {
    undoOfEnded = (undoOfEnded ?? []) + undo
    undo = []
  }

  var holdsNextCycle: Bool { undoOfEnded != nil && !undo.isEmpty }

  /// What was written since the last commit is on the disk, without the next cycle where there is one.
  func commit() {
    let written = undoOfEnded ?? undo
    if undoOfEnded == nil { undo = [] }
    undoOfEnded = nil
    if !written.isEmpty { undoOfLastCommit = written }
  }

  /// What was committed reaches the disk with the next cycle.
  func joinCycles() {
    undo = (undoOfEnded ?? []) + undo
    undoOfEnded = nil
  }

  func rollback() {
    joinCycles()
    apply(undo)
    undo = []
  }

  func takeBackLastCommit() {
    rollback()
    apply(undoOfLastCommit)
    undoOfLastCommit = []
  }

  /// Deletes the file and starts an empty one, at once.
  func wipe() {
    tables = Array(repeating: [:], count: tables.count)
    positions = Array(repeating: nil, count: tables.count)
    formats = Array(repeating: nil, count: tables.count)
    currentMs = nil
    cluster = nil
    undo = []
    undoOfEnded = nil
    undoOfLastCommit = []
  }

  func committedRows(table: Int) -> [[UInt8]: [UInt8]] {
    var rows = tables[table]
    for case .row(table, let key, let old) in ((undoOfEnded ?? []) + undo).reversed() { rows[key] = old }
    return rows.mapValues(\.image)
  }

  private func apply(_ changes: [Change]) {
    for change in changes.reversed() {
      switch change {
      case .row(let table, let key, let old): tables[table][key] = old
      case .position(let table, let old): positions[table] = old
      case .formats(let table, let old): formats[table] = old
      case .current(let old): currentMs = old
      }
    }
  }
}
