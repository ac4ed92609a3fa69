import Foundation
import JSON
import Kafka
import LoyaltyCLI
import Testing

@Suite(.timeLimit(.minutes(10))) struct InboxTests {
  /// Takes what is published; `onPublish` is called before each.
  private final class Output: PurchaseOutput {
    var ids: [String] = []
    var onPublish: () throws -> Void = {}

    func publish(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, headers: KafkaHeaders?) throws {
      try onPublish()
      ids.append(String(decoding: key, as: UTF8.self))
    }

    func flush() {}
  }

  private struct Unreachable: Error {}

  private let folder: String
  private let stateFolder: String
  private let output = Output()

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "stampede-inbox-\(UUID().uuidString)")
    folder = url.appending(path: "drop").path
    stateFolder = url.appending(path: "state").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func inbox(note: (String) -> Void = { _ in }) throws -> InboxFolder {
    try InboxFolder(folder, stateDirectory: stateFolder, note: note)
  }

  private func purchases(_ numbers: Range<Int>, currency: String = "USD") -> String {
    numbers.map { number in
      """
      {"type":"purchase.completed","id":"P-\(number)","occurredAt":"2026-01-01T00:00:00Z","source":"s",\
      "member":{"id":"M-1"},"currency":"\(currency)","lines":[{"sku":"A","amount":"1"}]}

      """
    }.joined()
  }

  private func put(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  private func publish(
    _ name: String, in open: InboxFolder? = nil, mapping: ColumnMapping? = nil,
    isStopping: @escaping () -> Bool = { false }, note: @escaping (String) -> Void = { _ in }
  ) throws -> InboxFile.Outcome {
    let check = try PurchaseCheck(programs: [], nowMs: 1_800_000_000_000)
    let inbox = try open ?? inbox()
    defer { if open == nil { inbox.close() } }
    return try InboxFile(
      name, in: inbox, mapping: mapping, check: check, output: output, isStopping: isStopping, note: note
    ).publish()
  }

  private func lastLine(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: String(try #require(text(name)?.split(separator: "\n").last)))
  }

  private func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: "\(folder)/\(name)").map { String(decoding: $0, as: UTF8.self) }
  }

  private var names: [String] {
    get throws { try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0 != "done" }.sorted() }
  }

  private func progress(_ name: String, in inbox: InboxFolder) throws -> InboxProgress {
    InboxProgress(of: name, try #require(inbox.handle.identity(of: name)), in: inbox.state)
  }

  /// What an earlier run has kept.
  private func keep(_ name: String, _ change: (inout InboxProgress) -> Void) throws {
    let inbox = try inbox()
    defer { inbox.close() }
    var kept = try progress(name, in: inbox)
    change(&kept)
    try kept.keep(in: inbox.state)
    #expect(try progress(name, in: inbox) == kept)
  }

  @Test func progressIsKeptForTheFileItBelongsTo() throws {
    try put("{}\n", "day.ndjson")
    try keep("day.ndjson") { kept in
      kept.row = 7
      kept.resultBytes = 40
      kept.target = "2-day.ndjson"
      kept.problem = "cut off"
    }
    let inbox = try inbox()
    defer { inbox.close() }
    #expect(rename("\(folder)/day.ndjson", "\(folder)/other.ndjson") == 0)
    #expect(try progress("other.ndjson", in: inbox).row == 0)
    #expect(rename("\(folder)/other.ndjson", "\(folder)/day.ndjson") == 0)
    #expect(try progress("day.ndjson", in: inbox).row == 7)
    try put("{}\n{}\n", "day.ndjson")
    #expect(try progress("day.ndjson", in: inbox).row == 0)
  }

  @Test func fileAndItsResultMoveToDone() throws {
    try put(purchases(1..<4) + purchases(4..<5, currency: "XQQ"), "day.ndjson")
    #expect(try publish("day.ndjson") == .done(published: 3, refused: 1))
    #expect(output.ids == ["P-1", "P-2", "P-3"])
    #expect(try names == ["done/day.ndjson", "done/day.ndjson.result.ndjson"])
    let lines = try #require(text("done/day.ndjson.result.ndjson")).split(separator: "\n")
    #expect(lines.count == 2 && lines[0].contains("unknown-currency"))
    #expect(lines[1] == "{\"finished\":true,\"published\":3,\"refused\":1}")
  }

  @Test func refusedRowsBeyondTheBoundAreCountedAndNotNamed() throws {
    let (most, more) = (InboxFile.listedMax, 37)
    try put(String(repeating: "x\n", count: most + more) + purchases(1..<2), "day.ndjson")
    #expect(try publish("day.ndjson") == .done(published: 1, refused: most + more))
    let lines = try #require(text("done/day.ndjson.result.ndjson")).split(separator: "\n")
    #expect(lines.count == most + 1)
    let last = try lastLine("done/day.ndjson.result.ndjson")
    #expect(last["unlisted"]?.integer == Int64(more) && last["refused"]?.integer == Int64(most + more))
    #expect(last["advice"]?.string?.contains("hand the file in again") == true)
  }

  @Test func aBadProgrammeHoldsNoFileUpAndIsToldOnce() throws {
    let good = """
      {"id":"journey","version":1,"effectiveFrom":"2017-01-01T00:00:00Z","name":"J","currencies":["USD"],
       "timeZone":"UTC","earning":[{"id":"base","kind":"spend","points":1,"per":"1.00"}]}
      """
    var told: [String] = []
    let programs = InboxPrograms(
      read: { ["journey:1": Array(good.utf8), "journey:2": Array("{no json".utf8), "x\u{1B}": Array("{}".utf8)] },
      note: { told.append($0) })
    for _ in 0..<3 {
      let check = try programs.check(nowMs: 1_800_000_000_000)
      for (currency, isTaken) in [("USD", true), ("VND", false)] {
        let event = Array(purchases(1..<2, currency: currency).utf8)
        let reports = try event.withUnsafeBytes { try check.judge(.event($0), row: 1) { _ in } }
        #expect(reports.isEmpty == isTaken)
      }
    }
    #expect(told.count == 2 && told[0].contains("journey:2 is not valid and left out: $ is not JSON"))
  }

  @Test func fileThatReplacesTheOneBeingReadIsReadItself() throws {
    try put(purchases(1..<4), "sales.ndjson")
    let (old, new) = ("\(folder)/sales.ndjson", "\(folder)/.new")
    try put(purchases(10..<12), ".new")
    output.onPublish = { _ = rename(new, old) }
    #expect(try publish("sales.ndjson") == .changed)
    #expect(text("sales.ndjson") == purchases(10..<12))
    output.onPublish = {}
    #expect(try publish("sales.ndjson") == .done(published: 2, refused: 0))
    #expect(output.ids == ["P-1", "P-2", "P-3", "P-10", "P-11"])
    #expect(text("done/sales.ndjson") == purchases(10..<12))
  }

  @Test func fileThatGrowsWhileItIsReadIsReadToItsNewEnd() throws {
    try put(purchases(1..<3), "sales.ndjson")
    let rest = purchases(3..<5)
    let whole = purchases(1..<3) + rest
    let path = "\(folder)/sales.ndjson"
    // Written behind what the reader has in its buffer and, for it, behind the end.
    output.onPublish = { [output] in
      if output.ids.count == 1 { try Data(whole.utf8).write(to: URL(fileURLWithPath: path)) }
    }
    #expect(try publish("sales.ndjson") == .changed)
    output.onPublish = {}
    #expect(try publish("sales.ndjson") == .done(published: 4, refused: 0))
    #expect(Set(output.ids) == ["P-1", "P-2", "P-3", "P-4"])
  }

  /// A run that was killed where the number says: behind the note of the target, or behind the result's move.
  @Test(arguments: [false, true]) func runKilledWhileMovingIsBroughtToItsEnd(resultHasMoved: Bool) throws {
    try put(purchases(1..<3), "day.ndjson")
    try keep("day.ndjson") { kept in
      kept.row = 2
      kept.published = 2
      kept.target = "day.ndjson"
    }
    try FileManager.default.createDirectory(atPath: "\(folder)/done", withIntermediateDirectories: true)
    try put("{\"finished\":true}\n", resultHasMoved ? "done/day.ndjson.result.ndjson" : "day.ndjson.result.ndjson")
    #expect(try publish("day.ndjson") == .done(published: 2, refused: 0))
    #expect(output.ids.isEmpty)
    #expect(try names == ["done/day.ndjson", "done/day.ndjson.result.ndjson"])
    #expect(text("done/day.ndjson.result.ndjson") == "{\"finished\":true}\n")
  }

  @Test func resultLeftInDoneAloneHoldsNothingUp() throws {
    try FileManager.default.createDirectory(atPath: "\(folder)/done", withIntermediateDirectories: true)
    try put("old\n", "done/day.ndjson.result.ndjson")
    try put(purchases(1..<3), "day.ndjson")
    #expect(try publish("day.ndjson") == .done(published: 2, refused: 0))
    #expect(text("done/day.ndjson.result.ndjson") == "old\n")
    #expect(text("done/2-day.ndjson") != nil && text("done/2-day.ndjson.result.ndjson") != nil)
  }

  @Test func fileWhoseResultIsShorterThanItsProgressBeginsAnew() throws {
    try put(purchases(1..<4), "day.ndjson")
    try keep("day.ndjson") { kept in
      kept.row = 2
      kept.resultBytes = 400
    }
    #expect(try publish("day.ndjson") == .done(published: 3, refused: 0))
    #expect(text("done/day.ndjson.result.ndjson")?.contains("\0") == false)
  }

  @Test func cutOffGzipIsReadOnceAndHoldsUpNothing() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: "Tests/Data/purchases-journey.ndjson.gz"))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: "\(folder)/a.ndjson.gz"))
    try put(purchases(1..<3), "b.ndjson")
    let inbox = try inbox()
    defer { inbox.close() }
    var notes: [String] = []
    func pass() throws -> Int {
      let contents = try inbox.contents()
      return inbox.workThrough(contents, isStopping: { false }, note: { notes.append($0) }) {
        try publish($0, in: inbox)
      }.staying
    }
    #expect(try pass() == 1)
    let published = output.ids
    #expect(published.suffix(2) == ["P-1", "P-2"])
    #expect(text("a.ndjson.gz.result.ndjson")?.contains("\"finished\":false") == true)
    #expect(try pass() == 1)
    #expect(output.ids == published)
    #expect(notes.count == 1 && notes[0].contains("unexpected end of file"))
    // The whole of it is another file.
    try whole.write(to: URL(fileURLWithPath: "\(folder)/a.ndjson.gz"))
    #expect(try pass() == 0)
    #expect(try names.first == "done/a.ndjson.gz")
  }

  @Test func anyErrorOfOneFileLeavesTheOthersTheirTurn() throws {
    for name in ["a.ndjson", "b.ndjson", "c.ndjson"] { try put("{}\n", name) }
    let inbox = try inbox()
    defer { inbox.close() }
    var taken: [String] = []
    let tally = inbox.workThrough(try inbox.contents(), isStopping: { false }, note: { _ in }) { file in
      taken.append(file)
      if file.hasSuffix("b.ndjson") { throw Unreachable() }
      return .done(published: 1, refused: 0)
    }
    #expect(tally.staying == 1 && tally.published == 2 && tally.exitCode == .refused)
    #expect(taken.sorted() == ["a.ndjson", "b.ndjson", "c.ndjson"])
  }

  @Test func linksAndPipesAreNotRead() throws {
    try put(purchases(1..<2), "real.ndjson")
    #expect(symlink("\(folder)/real.ndjson", "\(folder)/link.ndjson") == 0)
    #expect(mkfifo("\(folder)/pipe.csv", 0o644) == 0)
    let inbox = try inbox()
    defer { inbox.close() }
    let contents = try inbox.contents()
    #expect(contents.files == ["real.ndjson"])
    #expect(contents.passedOver.count == 2 && contents.passedOver.allSatisfy { $0.hasSuffix("it is no regular file") })
    #expect(throws: CommandFailure.self) { try inbox.handle.openFile("link.ndjson") }
    #expect(throws: CommandFailure.self) { try inbox.handle.openFile("pipe.csv") }
  }

  @Test func resultIsNotWrittenThroughALink() throws {
    try put("precious", "other")
    for link in [symlink, Foundation.link] {
      unlink("\(folder)/day.ndjson.result.ndjson")
      try put(purchases(1..<2), "day.ndjson")
      #expect(link("\(folder)/other", "\(folder)/day.ndjson.result.ndjson") == 0)
      #expect(throws: CommandFailure.self) { try publish("day.ndjson") }
      #expect(text("other") == "precious")
    }
  }

  @Test func folderIsWorkedInByOneAtATime() throws {
    let first = try inbox()
    #expect(throws: CommandFailure.self) { try inbox() }
    first.close()
    try inbox().close()
  }

  @Test func fileThatMayStillBeWrittenToIsLeftAlone() throws {
    try put("{}\n", "day.ndjson")
    let inbox = try inbox()
    defer { inbox.close() }
    let changedS = try #require(inbox.handle.identity(of: "day.ndjson")).modifiedS
    #expect(try inbox.contents(changedBefore: changedS).files.isEmpty)
    #expect(try inbox.contents(changedBefore: changedS + 1).files.count == 1)
  }

  // MARK: What is told

  @Test func resultAlwaysSaysWhetherItIsFinishedAndWhyNot() throws {
    try put(purchases(1..<3) + purchases(3..<4, currency: "XQQ") + purchases(4..<6), "day.ndjson")
    output.onPublish = { [self] in
      let last = try lastLine("day.ndjson.result.ndjson")
      #expect(last["finished"]?.bool == false && last["problem"]?.string?.contains("was killed") == true)
      if output.ids.count == 3 { throw Unreachable() }
    }
    #expect(throws: Unreachable.self) { try publish("day.ndjson") }
    var last = try lastLine("day.ndjson.result.ndjson")
    #expect(last["finished"]?.bool == false && last["problem"]?.string == "Unreachable()")
    output.onPublish = {}
    #expect(try publish("day.ndjson") == .done(published: 4, refused: 1))
    last = try lastLine("done/day.ndjson.result.ndjson")
    #expect(last["finished"]?.bool == true && last["problem"] == nil)
    #expect(text("done/day.ndjson.result.ndjson")?.split(separator: "\n").count == 2)
  }

  @Test func stoppedFileAndOneThatChangesSaySo() throws {
    try put(purchases(1..<(InboxFile.rowsBetweenKeeping + 10)), "day.ndjson")
    #expect(try publish("day.ndjson", isStopping: { true }) == .stopped)
    #expect(try lastLine("day.ndjson.result.ndjson")["problem"]?.string?.hasPrefix("stopped") == true)
    let path = "\(folder)/sales.ndjson"
    try put(purchases(1..<4), "sales.ndjson")
    output.onPublish = { try Data("{}\n".utf8).write(to: URL(fileURLWithPath: path)) }
    #expect(try publish("sales.ndjson") == .changed)
    #expect(try lastLine("sales.ndjson.result.ndjson")["problem"]?.string?.hasPrefix("changed") == true)
  }

  @Test func emptyFileStaysAndSaysWhy() throws {
    try put("\n", "day.ndjson")
    #expect(throws: CommandFailure.self) { try publish("day.ndjson") }
    #expect(try lastLine("day.ndjson.result.ndjson")["problem"]?.string?.hasSuffix("is empty") == true)
    #expect(text("day.ndjson") != nil)
  }

  @Test func fileWithoutItsMappingSaysSoInItsResult() throws {
    try put("a,b\n", "day.csv")
    #expect(throws: CommandFailure.self) { try publish("day.csv") }
    #expect(try lastLine("day.csv.result.ndjson")["problem"]?.string?.contains("--mapping") == true)
  }

  @Test func capitalsAreTakenAndWhatIsPassedOverIsNamed() throws {
    for name in [
      "REPORT.CSV", "Day.NDJSON.GZ", "sales.xlsx", "sales.json", "notes.txt", "next.csv.part", ".hidden.csv",
    ] {
      try put("x", name)
    }
    try FileManager.default.createDirectory(atPath: "\(folder)/done", withIntermediateDirectories: true)
    let inbox = try inbox()
    defer { inbox.close() }
    let contents = try inbox.contents()
    #expect(Set(contents.files) == ["REPORT.CSV", "Day.NDJSON.GZ"])
    #expect(
      contents.passedOver.map { String($0.dropFirst(folder.count + 1)) } == [
        "notes.txt: passed over: only *.ndjson, *.jsonl and *.csv are read, gzip too",
        "sales.json: passed over: write one event a line, as *.ndjson",
        "sales.xlsx: passed over: save the spreadsheet as CSV, UTF-8",
      ])
    var notes: [String] = []
    for _ in 1...2 {
      _ = inbox.workThrough(contents, isStopping: { false }, note: { notes.append($0) }) { _ in
        .done(published: 1, refused: 0)
      }
    }
    #expect(notes.count == 3, "once each")
  }

  @Test(arguments: [
    (InboxFolder.Tally(), ExitCode.done), (InboxFolder.Tally(published: 3), .done),
    (InboxFolder.Tally(published: 3, refused: 1), .refused), (InboxFolder.Tally(published: 3, staying: 1), .refused),
    (InboxFolder.Tally(published: 3, passedOver: 1), .refused), (InboxFolder.Tally(refused: 2), .failed),
    (InboxFolder.Tally(passedOver: 1), .failed), (InboxFolder.Tally(staying: 1), .failed),
  ])
  func exitCodeSaysWhatHappened(tally: InboxFolder.Tally, code: ExitCode) {
    #expect(tally.exitCode == code)
  }

  @Test func withheldPurchaseMayBeSentAgainMendedUnderItsId() throws {
    let mapping = try CSVSample.mapping(CSVSample.mapping)
    try put(CSVSample.header + CSVSample.row("R-1") + CSVSample.row("R-1", item: "B", amount: "12.50"), "day.csv")
    #expect(try publish("day.csv", mapping: mapping) == .done(published: 0, refused: 1))
    #expect(output.ids.isEmpty)
    try put(CSVSample.header + CSVSample.row("R-1") + CSVSample.row("R-1", item: "B", amount: "12,50"), "day.csv")
    #expect(try publish("day.csv", mapping: mapping) == .done(published: 1, refused: 0))
    #expect(output.ids == ["R-1"])
  }

  @Test func replayRefusesWhatIsNoNDJSON() throws {
    for (text, isTaken) in [(purchases(1..<2), true), ("id;total\n1;2\n", false), ("[{}]\n", false), ("{\n", false)] {
      try put(text, "file")
      let lines = try LineSource("\(folder)/file")
      defer { lines.close() }
      var refused = false
      _ = try lines.next { line in
        do { try ReplayKey.refuseOtherThanNDJSON(line, lines) } catch { refused = "\(error)".contains("NDJSON") }
      }
      #expect(refused != isTaken, "\(text)")
    }
  }
}
