import StreamRuntime
import StreamTesting
import Testing

/// What ``StoreBackend`` promises, in memory and in SQLite.
@Suite(.timeLimit(.minutes(10))) struct StoreConformanceTests {
  @Test(arguments: StoreSide.allCases) func rowsAreReadBackBeforeAndAfterACheckpoint(side: StoreSide) throws {
    try side.withStore { harness in
      let store = harness.store
      for number in 0..<2_000 { try store.put("k\(number)", "a\(number)") }
      for number in stride(from: 0, to: 2_000, by: 2) { try store.put("k\(number)", "b\(number)") }
      try store.remove("k7")
      try store.put("empty", "")
      for _ in 0..<2 {
        #expect(try store.get("k8") == "b8" && store.get("k9") == "a9" && store.get("empty")?.isEmpty == true)
        #expect(try store.get("k7") == nil && store.get("k") == nil && store.get("") == nil)
        #expect(try store.countRows(table: 0) == 2_000)
        #expect(try store.get("k8", table: 1) == nil && store.countRows(table: 1) == 0)
        try store.commit(at: 10)
        try store.checkpoint()
      }
    }
  }

  @Test(arguments: StoreSide.allCases) func tablesHoldTheSameKeysApart(side: StoreSide) throws {
    try side.withStore { harness in
      let store = harness.store
      try store.put("a", "one", due: 5)
      try store.put("a", "two", table: 1, due: 9)
      try store.remove("a")
      try store.setPosition(table: 1, 3)
      #expect(try store.get("a") == nil && store.get("a", table: 1) == "two")
      #expect(try store.scan("", table: 0).isEmpty && store.scan("", table: 1) == ["a=two"])
      #expect(try store.earliestDue(table: 0, after: nil) == nil && store.earliestDue(table: 1, after: nil) == 9)
      #expect(try store.position(table: 0) == nil && store.position(table: 1) == 3)
    }
  }

  /// The runtime's own rows, whose keys begin with a zero byte, count for nothing.
  @Test(arguments: StoreSide.allCases) func rowsOfTheRuntimeAreNotCounted(side: StoreSide) throws {
    try side.withStore { harness in
      for number in 0..<1_000 { try harness.store.put("k\(number)", "a") }
      try harness.store.put("\u{0}time", "a")
      try harness.store.remove("k7")
      try harness.store.commit(at: 1)
      for reopens in [false, true] {
        if reopens { try harness.reopen() }
        #expect(try harness.store.countRows(table: 0) == 999)
        #expect(try harness.store.get("\u{0}time") == "a")
      }
    }
  }

  @Test(arguments: StoreSide.allCases) func scanDeliversAPrefixInKeyOrder(side: StoreSide) throws {
    try side.withStore { harness in
      let store = harness.store
      for key in ["b", "ab", "a\u{1F}2", "a", "a\u{1F}10", "é", "c"] { try store.put(key, key.uppercased()) }
      #expect(try store.scan("a") == ["a=A", "a\u{1F}10=A\u{1F}10", "a\u{1F}2=A\u{1F}2", "ab=AB"])
      #expect(try store.scan("a\u{1F}", after: "a\u{1F}10") == ["a\u{1F}2=A\u{1F}2"])
      #expect(try store.scan("é") == ["é=É"] && store.scan("d").isEmpty)
      #expect(try store.scan("a", limit: 0).isEmpty && store.scan("a", limit: 1) == ["a=A"])
    }
  }

  @Test(arguments: StoreSide.allCases) func scanInPartsMeetsEveryRowOnce(side: StoreSide) throws {
    try side.withStore { harness in
      let keys = (["j", "k", "l"] + (0..<10).flatMap { ["k\($0)", "k\($0)\u{1F}x"] }).sorted()
      for key in keys { try harness.store.put(key, "") }
      var met: [String] = []
      while true {
        let part = try harness.store.scan("k", after: met.last.map { String($0.dropLast()) }, limit: 3)
        met += part
        guard part.count == 3 else { break }
      }
      #expect(met == keys.filter { $0.hasPrefix("k") }.map { $0 + "=" })
    }
  }

  @Test(arguments: StoreSide.allCases) func rowsComeDueInTheOrderOfTheirInstants(side: StoreSide) throws {
    try side.withStore { harness in
      let store = harness.store
      try store.put("late", "", due: 300)
      try store.put("soon", "", due: -5)
      try store.put("never", "")
      for key in ["mid b", "mid a"] { try store.put(key, "", due: 200) }
      #expect(try store.due(upTo: 200) == ["soon", "mid a", "mid b"] && store.due(upTo: 199) == ["soon"])
      #expect(try store.due(upTo: .max, limit: 2) == ["soon", "mid a"] && store.due(upTo: -6).isEmpty)
      #expect(try store.earliestDue(table: 0, after: nil) == -5 && store.earliestDue(table: 0, after: -5) == 200)
      #expect(try store.earliestDue(table: 0, after: 300) == nil)
    }
  }

  @Test(arguments: StoreSide.allCases) func dueInstantFollowsItsRowFromCheckpointToCheckpoint(side: StoreSide) throws {
    try side.withStore { harness in
      let dues: [Int64?] = [50, 50, 70, nil, 20, 20, nil]
      for (number, due) in dues.enumerated() {
        try harness.store.put("a", "\(number)", due: due)
        try harness.store.commit(at: Int64(number))
        try harness.store.checkpoint()
        #expect(try harness.store.get("a") == "\(number)")
        #expect(try harness.store.earliestDue(table: 0, after: nil) == due)
      }
    }
  }

  // MARK: What stays

  @Test(arguments: StoreSide.allCases) func committedRowsSurviveACloseAndTheOthersDoNot(side: StoreSide) throws {
    try side.withStore { harness in
      try harness.store.put("a", "1")
      try harness.store.commit(at: 3)
      try harness.reopen()
      #expect(try harness.store.get("a") == "1" && harness.store.position(table: 0) == 3)
      try harness.store.checkpoint()
      try harness.store.put("a", "2")
      try harness.store.put("b", "2")
      try harness.store.setPosition(table: 0, 4)
      try harness.reopen()
      #expect(try harness.store.get("a") == "1" && harness.store.get("b") == nil)
      #expect(try harness.store.position(table: 0) == 3)
    }
  }

  @Test(arguments: StoreSide.allCases) func checkpointSurvivesAKill(side: StoreSide) throws {
    try side.withStore { harness in
      try harness.store.put("a", "1", due: 50)
      try harness.store.setPosition(table: 0, 3)
      try harness.store.checkpoint()
      try harness.store.put("a", "of a cycle that was never committed")
      try harness.crash()
      #expect(try harness.store.get("a") == "1" && harness.store.position(table: 0) == 3)
      #expect(try harness.store.earliestDue(table: 0, after: nil) == 50)
    }
  }

  @Test(arguments: StoreSide.allCases) func rollbackForgetsWhatIsNotCommitted(side: StoreSide) throws {
    try side.withStore { harness in
      try harness.store.put("a", "1", due: 50)
      try harness.store.commit(at: 3)
      try harness.store.checkpoint()
      try harness.store.put("b", "2", due: 10)
      try harness.store.remove("a")
      try harness.store.setPosition(table: 0, 4)
      #expect(try harness.store.earliestDue(table: 0, after: nil) == 10)
      try harness.store.rollback()
      #expect(try harness.store.get("a") == "1" && harness.store.get("b") == nil)
      #expect(try harness.store.position(table: 0) == 3 && harness.store.earliestDue(table: 0, after: nil) == 50)
    }
  }

  /// A cycle whose outcome is awaited, and the next one behind it: with the first commits what was written before the
  /// wait began, and nothing else.
  @Test(arguments: StoreSide.allCases) func rowsOfTheNextCycleAreNotCommittedWithThisOne(side: StoreSide) throws {
    try side.withStore { harness in
      for position: Int64 in 1...5 {
        harness.pass(ms: 5_000)
        try harness.store.put("this", "\(position)")
        try harness.store.prepareCommit()
        try harness.store.put("this", "of the next")
        try harness.store.put("next", "")
        if position % 2 == 0 { #expect(try harness.store.scan("").count == 2) }
        try harness.store.commit(at: position)
        #expect(try harness.store.get("this") == "of the next" && harness.store.get("next") == "")
        try harness.crash()
        let held = try harness.store.position(table: 0)
        #expect(try harness.store.get("this") == held.map(String.init) && harness.store.get("next") == nil)
        #expect(held ?? 0 <= position)
      }
    }
  }

  @Test(arguments: StoreSide.allCases) func nextCycleBringsWhatThisOneCouldNotCommit(side: StoreSide) throws {
    try side.withStore { harness in
      try harness.store.put("this", "1")
      harness.pass(ms: 5_000)
      try harness.store.prepareCommit()
      try harness.store.put("next", "1")
      #expect(try harness.store.scan("") == ["next=1", "this=1"])
      try harness.store.commit(at: 1)
      try harness.store.prepareCommit()
      try harness.store.commit(at: 2)
      try harness.crash()
      #expect(try harness.store.scan("") == ["next=1", "this=1"] && harness.store.position(table: 0) == 2)
    }
  }

  @Test(arguments: StoreSide.allCases) func wipeEmptiesEveryTableAtOnce(side: StoreSide) throws {
    try side.withStore { harness in
      try harness.store.put("written", "1")
      try harness.store.setCurrent(asOfMs: 5)
      try harness.store.commit(at: 3)
      try harness.store.checkpoint()
      try harness.store.put("not written yet", "1", table: 1)
      try harness.store.wipe()
      for reopens in [false, true] {
        if reopens { try harness.reopen() }
        #expect(try harness.store.get("written") == nil && harness.store.get("not written yet", table: 1) == nil)
        #expect(try harness.store.position(table: 0) == nil && harness.store.currentAsOfMs() == nil)
      }
      try harness.store.put("written", "again")
      #expect(try harness.store.get("written") == "again" && harness.store.countRows(table: 0) == 1)
    }
  }

  @Test(arguments: StoreSide.allCases) func sealKeepsWhatIsCommitted(side: StoreSide) throws {
    try side.withStore { harness in
      try harness.store.put("a", "1")
      try harness.store.commit(at: 3)
      try harness.store.seal()
      try harness.crash()
      #expect(try harness.store.get("a") == "1" && harness.store.position(table: 0) == 3)
      try harness.store.put("a", "of a cycle that was never committed")
      try harness.store.seal()
      try harness.reopen()
      #expect(try harness.store.get("a") == "1")
    }
  }

  @Test(arguments: StoreSide.allCases) func instantAsOfWhichAStoreIsCurrentIsKept(side: StoreSide) throws {
    try side.withStore { harness in
      let day: Int64 = 86_400_000
      #expect(try harness.store.currentAsOfMs() == nil)
      // Forth, and back: a clock that was set back is believed too.
      for (number, ms) in [20 * day, 21 * day, day].enumerated() {
        try harness.store.put("a", "\(number)")
        try harness.store.setCurrent(asOfMs: ms)
        try harness.store.commit(at: Int64(number))
        try harness.reopen()
        #expect(try harness.store.currentAsOfMs() == ms)
      }
    }
  }

  @Test(arguments: StoreSide.allCases) func clusterIsKnownUntilAWipe(side: StoreSide) throws {
    try side.withStore { harness in
      #expect(try harness.store.cluster() == nil)
      try harness.store.setCluster("here")
      try harness.store.checkpoint()
      try harness.reopen()
      #expect(try harness.store.cluster() == "here")
      try harness.store.wipe()
      #expect(try harness.store.cluster() == nil)
    }
  }

  @Test(arguments: StoreSide.allCases) func storeThatIsHeldIsOpenedByNobodyElse(side: StoreSide) throws {
    try side.withStore { harness in
      try harness.store.put("a", "1")
      #expect(throws: StreamError.self) { try harness.openTwice() }
      #expect(try harness.store.get("a") == "1")
    }
  }

  // MARK: Whatever the order

  /// Random work beside a dictionary. After a rollback or a kill the store may be older than what was committed, but
  /// its rows are those that belong to the position it tells, so that a replay from there meets what it follows.
  @Test(arguments: StoreSide.allCases, 1...20) func rowsAlwaysBelongToTheirPosition(side: StoreSide, seed: Int) throws {
    try side.withStore { harness in
      let random = SeededRandom(UInt64(seed))
      var rows: [String: String] = [:]
      var history: [Int64: [String: String]] = [:]
      var position: Int64 = 0
      // As they stood when the outcome of their cycle began to be awaited.
      var awaited: [String: String]?
      for step in 0..<400 {
        let key = "k\(random.below(40))"
        switch random.weighted([50, 20, 10, 15, 4, 10, 8]) {
        case 0:
          try harness.store.put(key, "\(step)", due: random.chance(500) ? Int64(random.below(100)) : nil)
          rows[key] = "\(step)"
        case 1:
          try harness.store.remove(key)
          rows[key] = nil
        case 2: #expect(try harness.store.get(key) == rows[key], "seed \(seed), step \(step)")
        case 3:
          position += 1
          history[position] = awaited ?? rows
          awaited = nil
          harness.pass(ms: Int64(random.below(600)))
          try harness.store.commit(at: position)
        case 4: #expect(try Set(harness.store.scan("")) == Set(rows.map { "\($0.key)=\($0.value)" }), "seed \(seed)")
        case 5 where awaited == nil:
          try harness.store.prepareCommit()
          awaited = rows
        case 5: break
        default:
          awaited = nil
          switch random.below(3) {
          case 0: try harness.store.rollback()
          case 1: try harness.crash()
          default: try harness.reopen()
          }
          position = try harness.store.position(table: 0) ?? 0
          rows = history[position] ?? [:]
          #expect(
            try Set(harness.store.scan("")) == Set(rows.map { "\($0.key)=\($0.value)" }), "seed \(seed), step \(step)")
          #expect(try harness.store.countRows(table: 0) == rows.count, "seed \(seed), step \(step)")
        }
      }
    }
  }
}
