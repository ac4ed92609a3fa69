import LoyaltyCLI
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProgressBarTests {
  final class Screen {
    var nowMs: Int64 = 0
    var written: [String] = []

    func bar(_ total: Int?, _ style: ProgressBar.Style) -> ProgressBar {
      ProgressBar(
        "replaying", total: total, unit: "purchases", style: style, nowMs: { self.nowMs },
        write: { self.written.append($0) })
    }
  }

  @Test func barRedrawsItselfAtMostTenTimesASecondAndFitsTheTerminal() {
    let screen = Screen()
    var bar = screen.bar(15_000, .bar(columns: 90))
    for done in 0..<1000 {
      screen.nowMs += 1
      bar.update(done * 6)
    }
    #expect((9...11).contains(screen.written.count))
    #expect(screen.written.allSatisfy { $0.hasPrefix("\r\u{1B}[K") && $0.count - 4 < 90 && !$0.hasSuffix("\n") })
    bar.finish(15_000)
    #expect(screen.written.last?.hasSuffix("15,000 of 15,000 purchases  15,000/s  1s\n") == true)
    #expect(screen.written.last?.contains("###] ") == true)
  }

  @Test func withoutATerminalALineComesEveryFiveSeconds() {
    let screen = Screen()
    var bar = screen.bar(1_000, .lines)
    for _ in 0..<12 {
      screen.nowMs += 1_000
      bar.update(250)
    }
    #expect(
      screen.written == [
        "replaying: 250 of 1,000 purchases  50/s  15s left\n", "replaying: 250 of 1,000 purchases  25/s  30s left\n",
      ])
  }

  @Test func unknownTotalShowsCountAndTime() {
    let screen = Screen()
    let bar = screen.bar(nil, .lines)
    screen.nowMs = 61_000
    bar.finish(1_234_567)
    #expect(screen.written == ["replaying: 1,234,567 purchases  20,238/s  1m 1s\n"])
  }
}
