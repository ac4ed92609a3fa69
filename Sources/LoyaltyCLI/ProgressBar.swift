import Foundation
import Inquiry
import ServiceKit

/// Shows how far a long command has come: a bar that redraws itself on a terminal, a plain line every few seconds
/// elsewhere. Used by one thread.
package struct ProgressBar {
  private let label: String
  private let unit: String
  /// Nil when the end is not known.
  private let total: Int?
  private let style: Style
  private let nowMs: () -> Int64
  private let write: (String) -> Void
  private let startedMs: Int64
  private var shownMs: Int64?

  package enum Style {
    case bar(columns: Int)
    case lines

    /// A bar when standard error is a terminal.
    package static var forStandardError: Style {
      var size = winsize()
      guard isatty(STDERR_FILENO) == 1 else { return .lines }
      let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
      return .bar(columns: known ? Int(size.ws_col) : 80)
    }

    var intervalMs: Int64 {
      switch self {
      case .bar: 100
      case .lines: 5_000
      }
    }
  }

  package init(
    _ label: String, total: Int?, unit: String, style: Style = .forStandardError,
    nowMs: @escaping () -> Int64 = ProgressBar.monotonicMs,
    write: @escaping (String) -> Void = StandardStream.errors.write
  ) {
    self.label = label
    self.total = total
    self.unit = unit
    self.style = style
    self.nowMs = nowMs
    self.write = write
    startedMs = nowMs()
  }

  package static func monotonicMs() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }

  /// Call as often as you like; it draws ten times a second at most, or a line every five seconds.
  package mutating func update(_ done: Int) {
    let now = nowMs()
    guard now - (shownMs ?? (isBar ? .min / 2 : startedMs)) >= style.intervalMs else { return }
    shownMs = now
    show(done, now, ending: isBar ? "" : "\n")
  }

  /// The last state, with a line end.
  package func finish(_ done: Int) {
    show(done, nowMs(), ending: "\n")
  }

  private var isBar: Bool {
    if case .bar = style { true } else { false }
  }

  private func show(_ done: Int, _ now: Int64, ending: String) {
    let elapsedMs = max(1, now - startedMs)
    var figures = "\(grouped(Int64(done)))"
    if let total { figures += " of \(grouped(Int64(total)))" }
    figures += " \(unit)  \(grouped(Int64(done) * 1000 / elapsedMs))/s"
    if let total, done > 0, done < total {
      figures += "  \(Self.duration(elapsedMs * Int64(total - done) / Int64(done))) left"
    } else {
      figures += "  \(Self.duration(elapsedMs))"
    }
    guard case .bar(let columns) = style else { return write("\(label): \(figures)\(ending)") }
    // A line as wide as the terminal would wrap, and the next redraw would leave its first half behind.
    let line = "\(label) \(bar(done, columns - label.count - figures.count - 5))\(figures)".prefix(columns - 1)
    write("\r\u{1B}[K" + line + ending)
  }

  private func bar(_ done: Int, _ columns: Int) -> String {
    guard let total, total > 0 else { return "" }
    let width = min(40, columns)
    guard width >= 8 else { return "" }
    let filled = min(width, width * done / total)
    return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled) + "] "
  }

  private static func duration(_ ms: Int64) -> String {
    let seconds = ms / 1000
    if seconds < 60 { return "\(seconds)s" }
    return seconds < 3600 ? "\(seconds / 60)m \(seconds % 60)s" : "\(seconds / 3600)h \(seconds / 60 % 60)m"
  }
}
