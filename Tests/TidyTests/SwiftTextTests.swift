import Testing

/// The tidy tests read Swift by hand: this holds what they read.
@Suite(.timeLimit(.minutes(10))) struct SwiftTextTests {
  private func text(_ source: String) -> SwiftText {
    SwiftText(source.split(separator: "\n", omittingEmptySubsequences: false))
  }

  @Test func commentsAndLiteralsAreNoCode() {
    let read = text(
      ##"""
      let a = "x { \(b("}" + c)) y" // says { c
      /* one /* two */ three */ let d = #"\(not) " \#(e)"#
      """##)
    #expect(read.words().map(String.init) == ["let", "a", "b", "c", "let", "d", "e"])
    #expect(read.comments[0] == " says { c")
  }

  @Test func literalsOfSeveralLinesEnd() {
    let read = text("let a = \"\"\"\n  } { \\(b) \"quoted\"\n  \"\"\"\nlet c = 1")
    #expect(read.words().map(String.init) == ["let", "a", "b", "let", "c", "1"])
  }

  @Test func declarationsAreFoundWithTheirSignatures() {
    let read = text(
      """
      @Suite(.serialized) package final class A: B {
        private(set) var c: Int, d = 2
        case e, f(Int, g: String)
        static func h<T: B>(
          _ i: (Int, Int), to j: [String: Int] = [:], k: T
        ) throws {
          switch l { case .m: break }
        }
        init() {}
      }
      """)
    let found = read.declarations()
    #expect(found.map(\.name) == ["A", "c", "e", "f", "h", "init"])
    #expect(found.compactMap(\.signature) == ["f(_:g:)", "h(_:to:k:)", "init()"])
    #expect(found.map(\.isPrivate) == [false, true, false, false, false, false])
    #expect(found.filter { $0.kind.isFunction }.map { read.length(of: $0) } == [5, 1])
  }

  @Test func requirementOfAProtocolHasNoLength() {
    let read = text("protocol A {\n  func b()\n  func c()\n}\nstruct D {\n}")
    #expect(read.declarations().filter { $0.kind == .func }.map { read.length(of: $0) } == [0, 0])
  }
}
