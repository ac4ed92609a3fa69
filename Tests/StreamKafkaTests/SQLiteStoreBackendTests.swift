import Foundation
import StreamKafka
import StreamRuntime
import Testing

/// What SQLite's side of the port does beyond what every store promises.
@Suite(.timeLimit(.minutes(10))) struct SQLiteStoreBackendTests {
  /// A store of one table in a folder of its own, on a clock that the test moves.
  final class Shelf {
    let file = NSTemporaryDirectory() + "store-\(UUID().uuidString).db"
    let clock = Clock()
    var backend: SQLiteStoreBackend
    private var boots = 0

    // One test moves it and one thread, the test's own, reads it.
    final class Clock: @unchecked Sendable { var ms: Int64 = 1_000_000 }

    init() throws {
      let clock = clock
      backend = try SQLiteStoreBackend(file: file, stores: ["rows"], cacheKiB: 1_000) { clock.ms }
    }

    deinit {
      backend.close()
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
    }

    func reopen() throws {
      backend.close()
      try open()
    }

    /// The file, which nobody holds.
    func open() throws {
      let clock = clock
      backend = try SQLiteStoreBackend(file: file, stores: ["rows"], cacheKiB: 1_000) { clock.ms }
    }

    /// As the first start after the machine went down.
    func restartMachine() throws {
      backend.close()
      boots += 1
      let clock = clock
      backend = try SQLiteStoreBackend(
        file: file, stores: ["rows"], cacheKiB: 1_000, seal: StoreSeal(boot: "\(boots)")
      ) { clock.ms }
    }

    func put(_ key: String, _ row: String, due: Int64? = nil) throws {
      try Array(key.utf8).withUnsafeBytes { key in
        try Array(row.utf8).withUnsafeBytes { try backend.put(table: 0, key: key, image: $0, dueMs: due) }
      }
    }

    func remove(_ key: String) throws {
      try Array(key.utf8).withUnsafeBytes { try backend.remove(table: 0, key: $0) }
    }

    func get(_ key: String) throws -> String? {
      var row: String?
      try Array(key.utf8).withUnsafeBytes { key in
        try backend.get(table: 0, key: key) { row = $0.map { String(decoding: $0, as: UTF8.self) } }
      }
      return row
    }

    func commit(_ position: Int64) throws {
      try backend.setPosition(table: 0, position)
      try backend.commit()
    }
  }

  /// Looks for new keys are answered without the database; this meets rows written before and after the first look.
  @Test func noRowIsMissedWhereverItLiesAndWheneverItCame() throws {
    let shelf = try Shelf()
    for number in 0..<10_000 { try shelf.put("k\(number)", "a") }
    #expect(try shelf.get("x") == nil)
    for number in 10_000..<20_000 { try shelf.put("k\(number)", "a") }
    for number in stride(from: 0, to: 20_000, by: 100) { try shelf.remove("k\(number)") }
    for reopens in [false, true] {
      if reopens {
        try shelf.commit(1)
        try shelf.reopen()
      }
      for number in 0..<20_000 { #expect(try (shelf.get("k\(number)") == nil) == (number % 100 == 0)) }
      for number in 20_000..<21_000 { #expect(try shelf.get("k\(number)") == nil) }
    }
    try shelf.put("k20000", "b")
    try shelf.backend.rollback()
    #expect(try shelf.get("k20000") == nil && shelf.get("k1") == "a")
    try shelf.backend.wipe()
    #expect(try shelf.get("k1") == nil)
    try shelf.put("k1", "c")
    #expect(try shelf.get("k1") == "c")
  }

  /// What was written for a commit that never came is taken back with the rest, and what was committed before is not
  /// lost: its position goes back with it.
  @Test func whatWasPreparedGoesBackToo() throws {
    let shelf = try Shelf()
    shelf.clock.ms += 5_000
    try shelf.put("a", "1", due: 50)
    try shelf.commit(3)
    shelf.clock.ms += 5_000
    try shelf.put("a", "2", due: 70)
    try shelf.put("b", "3", due: 10)
    try shelf.backend.prepareCommit()
    #expect(try shelf.get("a") == "2" && shelf.get("b") == "3")
    try shelf.backend.rollback()
    #expect(try shelf.get("a") == "1" && shelf.get("b") == nil)
    #expect(try shelf.backend.position(table: 0) == 3)
    #expect(try shelf.backend.earliestDue(table: 0, after: nil) == 50)
  }

  /// A commit that was prepared is a checkpoint, position and all: nothing goes back behind it.
  @Test func whatWasPreparedAndCommittedStays() throws {
    let shelf = try Shelf()
    shelf.clock.ms += 5_000
    try shelf.put("a", "1", due: nil)
    try shelf.backend.prepareCommit()
    try shelf.commit(3)
    try shelf.put("a", "2", due: nil)
    try shelf.backend.prepareCommit()
    try shelf.commit(4)
    try shelf.backend.rollback()
    #expect(try shelf.get("a") == "1")
    #expect(try shelf.backend.position(table: 0) == 3)
  }

  /// What the next cycle has put into memory only does not put a checkpoint off; what a scan has brought to the
  /// database does, and that is told until a checkpoint comes.
  @Test func nextCycleMayPutACheckpointOff() throws {
    let shelf = try Shelf()
    shelf.clock.ms += 5_000
    try shelf.put("a", "1")
    try shelf.backend.prepareCommit()
    try shelf.put("a", "2")
    try shelf.commit(3)
    #expect(!shelf.backend.hasMissedCheckpoint)
    shelf.clock.ms += 5_000
    try shelf.backend.prepareCommit()
    try shelf.put("b", "1")
    #expect(try shelf.backend.earliestDue(table: 0, after: nil) == nil)
    try shelf.commit(4)
    #expect(shelf.backend.hasMissedCheckpoint)
    try shelf.backend.prepareCommit()
    try shelf.commit(5)
    #expect(!shelf.backend.hasMissedCheckpoint)
    try shelf.backend.rollback()
    #expect(try shelf.get("a") == "2" && shelf.get("b") == "1" && shelf.backend.position(table: 0) == 5)
  }

  /// Rows and position go back together, so that the changelog's replay meets the rows it follows.
  @Test func rollbackGoesBackToTheLastCheckpointWithItsPosition() throws {
    let shelf = try Shelf()
    shelf.clock.ms += 5_000
    try shelf.put("a", "1", due: 50)
    try shelf.commit(3)
    try shelf.put("a", "2", due: 70)
    try shelf.commit(4)
    #expect(try shelf.backend.position(table: 0) == 4)
    try shelf.put("b", "3", due: 10)
    #expect(try shelf.backend.earliestDue(table: 0, after: nil) == 10)
    try shelf.backend.rollback()
    #expect(try shelf.get("a") == "1" && shelf.get("b") == nil)
    #expect(try shelf.backend.position(table: 0) == 3)
    #expect(try shelf.backend.earliestDue(table: 0, after: nil) == 50)
  }

  @Test func storeThatWasOpenWhenTheMachineWentDownIsNotTrusted() throws {
    let shelf = try Shelf()
    shelf.clock.ms += 5_000
    try shelf.put("a", "1")
    try shelf.commit(3)
    try shelf.restartMachine()
    #expect(try shelf.get("a") == nil && shelf.backend.position(table: 0) == nil)
    #expect(try shelf.backend.currentAsOfMs() == nil)
  }

  @Test func sealedStoreOutlastsTheMachine() throws {
    let shelf = try Shelf()
    try shelf.put("a", "1")
    try shelf.commit(3)
    try shelf.put("a", "of a cycle that was never committed")
    try shelf.backend.seal()
    try shelf.restartMachine()
    #expect(try shelf.get("a") == nil && shelf.backend.position(table: 0) == nil)
    try shelf.put("a", "2")
    try shelf.commit(4)
    try shelf.backend.seal()
    try shelf.restartMachine()
    #expect(try shelf.get("a") == "2" && shelf.backend.position(table: 0) == 4)
  }
}
