import Foundation
import JSON
import Kafka
import LoyaltyCLI
import Testing

/// Whoever may drop files says nothing of any other file.
@Suite(.timeLimit(.minutes(10))) struct InboxTrustTests {
  private final class Output: PurchaseOutput {
    func publish(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, headers: KafkaHeaders?) {}
    func flush() {}
  }

  private let base: String
  private var folder: String { base + "/drop" }
  private var state: String { base + "/state" }

  init() throws {
    base = FileManager.default.temporaryDirectory.appending(path: "stampede-trust-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: base + "/drop", withIntermediateDirectories: true)
  }

  private func put(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(base)/\(path)"))
  }

  private func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: "\(base)/\(path)").map { String(decoding: $0, as: UTF8.self) }
  }

  private func mode(_ path: String) throws -> mode_t {
    var status = stat()
    try #require(lstat(path, &status) == 0, "\(path)")
    return status.st_mode & 0o777
  }

  private func publish(_ name: String, note: @escaping (String) -> Void = { _ in }) throws -> InboxFile.Outcome {
    let inbox = try InboxFolder(folder, stateDirectory: state, note: note)
    defer { inbox.close() }
    return try InboxFile(
      name, in: inbox, mapping: nil, check: try PurchaseCheck(programs: [], nowMs: 1_800_000_000_000), output: Output(),
      isStopping: { false }, note: note
    ).publish()
  }

  private static let purchase = """
    {"type":"purchase.completed","id":"P-1","occurredAt":"2026-01-01T00:00:00Z","source":"s","member":{"id":"M-1"},\
    "currency":"USD","lines":[{"sku":"A","amount":"1"}]}

    """

  /// As it came: the file was moved over another user's, since a name may hold a path.
  @Test func progressThatLiesInTheFolderMovesNothing() throws {
    try put("precious", "authorized_keys")
    try put(Self.purchase, "drop/x.ndjson")
    let handle = try FolderHandle(folder)
    defer { handle.close() }
    let identity = try #require(handle.identity(of: "x.ndjson"))
    try put(
      #"{"identity":"\#(identity)","row":1,"published":1,"refused":0,"resultBytes":0,"target":"../../authorized_keys"}"#,
      "drop/.x.ndjson.progress")
    var notes: [String] = []
    #expect(try publish("x.ndjson") { notes.append($0) } == .done(published: 1, refused: 0))
    #expect(text("authorized_keys") == "precious")
    #expect(text("drop/done/x.ndjson") == Self.purchase)
    #expect(notes.count == 1 && notes[0].contains("is of an earlier release and not trusted"))
    #expect(text("drop/.x.ndjson.progress") == nil, "told once")
  }

  @Test func progressLiesInAFolderOfItsOwnThatNobodyElseReads() throws {
    try put("\n", "drop/empty.ndjson")
    #expect(throws: CommandFailure.self) { try publish("empty.ndjson") }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
        "empty.ndjson", "empty.ndjson.result.ndjson",
      ])
    let kept = try FileManager.default.subpathsOfDirectory(atPath: state).map { "\(state)/\($0)" }
    #expect(kept.count == 3, "inbox, the folder's, the file's")
    for path in kept + [state] {
      #expect(try mode(path) == (path.hasSuffix(".progress") ? 0o600 : 0o700), "\(path)")
    }
    // What is gone from the folder is forgotten.
    unlink("\(folder)/empty.ndjson")
    let inbox = try InboxFolder(folder, stateDirectory: state) { _ in }
    defer { inbox.close() }
    _ = try inbox.contents()
    #expect(try FileManager.default.subpathsOfDirectory(atPath: state).count == 2)
  }

  @Test func stateFolderThatWasOpenToOthersIsClosedToThemAndSaysSo() throws {
    try FileManager.default.createDirectory(atPath: state + "/inbox", withIntermediateDirectories: true)
    #expect(chmod(state + "/inbox", 0o777) == 0)
    var notes: [String] = []
    for _ in 1...2 { try InboxFolder(folder, stateDirectory: state) { notes.append($0) }.close() }
    #expect(try mode(state + "/inbox") == 0o700)
    #expect(notes.count == 1 && notes[0].contains("open to others"))
  }

  @Test func stateFolderWithinTheDropFolderIsRefused() throws {
    for inside in [folder, folder + "/.state", base + "/link/state"] {
      _ = symlink(folder, base + "/link")
      #expect(throws: CommandFailure.self, "\(inside)") { try InboxFolder(folder, stateDirectory: inside) { _ in } }
    }
    try InboxFolder(folder, stateDirectory: folder + "-state") { _ in }.close()
  }

  @Test func stateFolderThatIsALinkIsNotFollowed() throws {
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    #expect(symlink("/tmp", state + "/inbox") == 0)
    #expect(throws: CommandFailure.self) { try InboxFolder(folder, stateDirectory: state) { _ in } }
  }

  @Test func doneThatIsALinkIsNotFollowed() throws {
    try FileManager.default.createDirectory(atPath: base + "/elsewhere", withIntermediateDirectories: true)
    #expect(symlink(base + "/elsewhere", folder + "/done") == 0)
    try put(Self.purchase, "drop/x.ndjson")
    #expect(throws: CommandFailure.self) { try publish("x.ndjson") }
    #expect(text("drop/x.ndjson") != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: base + "/elsewhere").isEmpty)
  }

  @Test func namesAreNames() throws {
    for name in ["", ".", "..", "a/b", "../x", "/etc/passwd", "a\0b", String(repeating: "x", count: 256)] {
      #expect(!FolderHandle.isName(name), "\(name)")
    }
    for name in ["a", ".a", "...", "a\nb", "đơn.csv", String(repeating: "x", count: 255)] {
      #expect(FolderHandle.isName(name), "\(name)")
    }
    let handle = try FolderHandle(folder)
    defer { handle.close() }
    try put("precious", "other")
    handle.remove("../other")
    #expect(text("other") == "precious" && !handle.has("../other"))
    #expect(throws: CommandFailure.self) { try handle.openFile("../other") }
  }

  /// A terminal shows what the name is, and obeys nothing in it.
  @Test func namesOfFilesReachATerminalWrittenOut() throws {
    let name = "day\n\u{1B}[2Jall fine \u{202E}vsc.xslx"
    try put("x", "drop/\(name)")
    let inbox = try InboxFolder(folder, stateDirectory: state) { _ in }
    defer { inbox.close() }
    let told = try #require(try inbox.contents().passedOver.first)
    #expect(told.contains(#"/day\u{A}\u{1B}[2Jall fine \u{202E}vsc.xslx: passed over"#))
    let failure = #expect(throws: CommandFailure.self) { try LineSource("\(base)/nothing\n\u{202E}.csv") }
    #expect(failure?.description.contains(#"nothing\u{A}\u{202E}.csv cannot be opened"#) == true)
  }
}
