import Testing

/// Every suite has a time limit, so that a test that waits for ever fails by name. (One that spins on its thread is
/// ended by `rig/swift_test.py`.) A limit counts the wait for a thread too, so it is longer than all tests together
/// take.
@Suite(.timeLimit(.minutes(10))) struct TimeLimitTests {
  @Test func everySuiteHasATimeLimit() throws {
    var suitesSeen = 0
    for file in try SourceTree.swiftFiles(in: "Tests") {
      for suite in Self.suites(of: try file.lines()) {
        suitesSeen += 1
        #expect(
          suite.head.contains(".timeLimit("),
          "\(file.path):\(suite.line): the suite of this test lacks @Suite(.timeLimit(.minutes(10)))")
      }
    }
    #expect(suitesSeen > 100)
  }

  @Test func aSuiteWithoutATimeLimitIsFound() {
    let limited = "@Suite(\n  .timeLimit(.minutes(10)),\n  .serialized)\nstruct A {\n  @Test func a() {}\n}\n"
    let plain = "/// .timeLimit(\nstruct B {\n  @Test(arguments: 1...2) func b(i: Int) {}\n}\n"
    let bare = "@Test func c() {}"
    let suites = Self.suites(of: (limited + plain + bare).split(separator: "\n", omittingEmptySubsequences: false))
    #expect(suites.map { $0.head.contains(".timeLimit(") } == [true, false, false])
    #expect(suites.map(\.line) == [5, 9, 11])
  }

  /// What stands before the braces of each type at a file's margin that holds tests, and the line of its first test. A
  /// test at the margin is its own suite.
  private static func suites(of lines: [Substring]) -> [(head: String, line: Int)] {
    var suites: [(head: String, line: Int)] = []
    var head = ""
    var isInside = false
    var isCounted = false
    for (index, line) in lines.enumerated() {
      let isTest = line.drop { $0 == " " }.hasPrefix("@Test")
      if isTest, !isCounted {
        suites.append((head: isInside ? head : String(line), line: index + 1))
        isCounted = isInside
      }
      if !isInside, !line.hasPrefix("//") {
        head += line
        isInside = line.hasSuffix("{")
        if line.isEmpty { head = "" }
      } else if line.hasPrefix("}") {
        (head, isInside, isCounted) = ("", false, false)
      }
    }
    return suites
  }
}
