import Foundation
import StreamKafka
import StreamRuntime
import Testing

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

    /// As a process that is killed and started again: nothing is closed in good order.
    func reopen(closing: Bool) throws {
      if closing {
        backend.close()
      } else {
        try backend.rollback()
        backend.close()
      }
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

    func scan(_ prefix: String, after: String? = nil, limit: Int = .max) throws -> [String] {
      var found: [String] = []
      let after = after.map { Array($0.utf8) }
      try Array(prefix.utf8).withUnsafeBytes { prefix in
        try (after ?? []).withUnsafeBytes { start in
          try backend.scan(table: 0, prefix: prefix, after: after == nil ? nil : start, limit: limit) { key, row in
            found.append(String(decoding: key, as: UTF8.self) + "=" + String(decoding: row, as: UTF8.self))
          }
        }
      }
      return found
    }

    func commit(_ position: Int64) throws {
      try backend.setPosition(table: 0, position)
      try backend.commit()
    }
  }

  @Test func rowsAreReadBackBeforeAndAfterACheckpoint() throws {
    let shelf = try Shelf()
    for number in 0..<2_000 { try shelf.put("k\(number)", "a\(number)") }
    for number in stride(from: 0, to: 2_000, by: 2) { try shelf.put("k\(number)", "b\(number)") }
    try shelf.remove("k7")
    for _ in 0..<2 {
      #expect(try shelf.get("k8") == "b8" && shelf.get("k9") == "a9" && shelf.get("k7") == nil)
      #expect(try shelf.get("k") == nil && shelf.get("") == nil)
      #expect(
        try shelf.scan("k199") == ["k199=a199", "k1990=b1990"]
          + (1991...1999).map {
            "k\($0)=\($0 % 2 == 0 ? "b" : "a")\($0)"
          })
      #expect(try shelf.backend.countRows(table: 0) == 1_999)
      shelf.clock.ms += 5_000
      try shelf.commit(10)
    }
  }

  /// The runtime's own rows, whose keys begin with a zero byte, count for nothing.
  @Test func rowsOfAFileAreCountedAlikeByItsKeysAndByTheDatabase() throws {
    let shelf = try Shelf()
    for number in 0..<1_000 { try shelf.put("k\(number)", "a") }
    try shelf.put("\u{0}time", "a")
    try shelf.remove("k7")
    try shelf.commit(1)
    try shelf.reopen(closing: true)
    for _ in 0..<2 { #expect(try shelf.backend.countRows(table: 0) == 999) }
    #expect(try shelf.get("k8") == "a" && shelf.get("k7") == nil && shelf.get("\u{0}time") == "a")
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
        try shelf.reopen(closing: true)
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

  @Test func scanInPartsMeetsEveryRowOnce() throws {
    let shelf = try Shelf()
    let keys = (["j", "k", "l"] + (0..<10).flatMap { ["k\($0)", "k\($0)\u{1F}x"] }).sorted()
    for key in keys { try shelf.put(key, "") }
    var met: [String] = []
    while true {
      let part = try shelf.scan("k", after: met.last.map { String($0.dropLast()) }, limit: 3)
      met += part
      guard part.count == 3 else { break }
    }
    #expect(met == keys.filter { $0.hasPrefix("k") }.map { $0 + "=" })
    #expect(try shelf.scan("k", limit: 0).isEmpty)
  }

  @Test func committedRowsSurviveACloseInGoodOrder() throws {
    let shelf = try Shelf()
    try shelf.put("a", "1")
    try shelf.commit(3)
    try shelf.reopen(closing: true)
    #expect(try shelf.get("a") == "1")
    #expect(try shelf.backend.position(table: 0) == 3)
  }

  @Test func cycleThatWasNotCommittedIsGoneAfterAClose() throws {
    let shelf = try Shelf()
    shelf.clock.ms += 5_000
    try shelf.put("a", "1")
    try shelf.commit(3)
    try shelf.put("a", "2")
    try shelf.put("b", "2")
    try shelf.reopen(closing: true)
    #expect(try shelf.get("a") == "1" && shelf.get("b") == nil)
    #expect(try shelf.backend.position(table: 0) == 3)
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

  @Test func dueInstantFollowsItsRowFromCheckpointToCheckpoint() throws {
    let shelf = try Shelf()
    let dues: [Int64?] = [50, 50, 70, nil, 20, 20, nil]
    for (number, due) in dues.enumerated() {
      try shelf.put("a", "\(number)", due: due)
      shelf.clock.ms += 5_000
      try shelf.commit(Int64(number))
      #expect(try shelf.get("a") == "\(number)")
      #expect(try shelf.backend.earliestDue(table: 0, after: nil) == due)
    }
  }

  @Test func rowsAreDueAtTheirInstantAndTheEarliestComesFirst() throws {
    let shelf = try Shelf()
    for (key, due) in [("a", Int64(51)), ("b", 50), ("c", 50)] { try shelf.put(key, "", due: due) }
    func due(upToMs: Int64, limit: Int = 9) throws -> [String] {
      var keys: [String] = []
      try shelf.backend.due(table: 0, upToMs: upToMs, limit: limit) { key, _ in
        keys.append(String(decoding: key, as: UTF8.self))
      }
      return keys
    }
    #expect(try due(upToMs: 49).isEmpty)
    #expect(try due(upToMs: 50) == ["b", "c"])
    #expect(try due(upToMs: 51) == ["b", "c", "a"] && due(upToMs: 51, limit: 1) == ["b"])
    #expect(try shelf.backend.earliestDue(table: 0, after: 50) == 51)
  }

  @Test func wipeForgetsWhatWasNotWrittenYet() throws {
    let shelf = try Shelf()
    try shelf.put("a", "1")
    try shelf.commit(3)
    try shelf.backend.wipe()
    #expect(try shelf.get("a") == nil && shelf.backend.position(table: 0) == nil)
  }
}
