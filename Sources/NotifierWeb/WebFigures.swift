import HTTP
import Synchronization

/// What the process counts, and when its threads were last seen at work.
package final class WebFigures: Sendable {
  private let state = Mutex(State())

  package enum Worker: CaseIterable, Sendable { case view, publisher }

  private struct State {
    var answers: [Answer: Int] = [:]
    var published = 0
    var failed = 0
    var texts: [String: Int] = [:]
    var reports: [Report: Int] = [:]
    var beats: [Worker: ContinuousClock.Instant] = [:]
  }

  private struct Report: Hashable {
    let provider: String
    let isTaken: Bool
  }

  private struct Answer: Hashable {
    let route: String
    let status: Int
  }

  package init() {
    let now = ContinuousClock.now
    state.withLock { $0.beats = Dictionary(uniqueKeysWithValues: Worker.allCases.map { ($0, now) }) }
  }

  package func beat(_ worker: Worker) { state.withLock { $0.beats[worker] = .now } }

  package func answered(_ entry: AccessEntry) {
    let answer = Answer(route: entry.route ?? "none", status: entry.status ?? 0)
    state.withLock { $0.answers[answer, default: 0] += 1 }
  }

  package func published(requests: Int, failed: Int) {
    state.withLock { state in
      state.published += requests
      state.failed += failed
    }
  }

  /// An SMS came in and was understood as `meaning`.
  package func received(_ meaning: String) { state.withLock { $0.texts[meaning, default: 0] += 1 } }

  /// A provider has reported on messages; `passedOver` of its events say nothing final, or of no message of ours.
  package func reported(_ provider: String, _ taken: Int, passedOver: Int) {
    state.withLock { state in
      state.reports[Report(provider: provider, isTaken: true), default: 0] += taken
      state.reports[Report(provider: provider, isTaken: false), default: 0] += passedOver
    }
  }

  /// Milliseconds since the slowest thread was last seen at work.
  package var stalledMs: Int64 {
    let now = ContinuousClock.now
    let longest = state.withLock { $0.beats.values.map { $0.duration(to: now) }.max() } ?? .zero
    return longest.components.seconds * 1_000 + longest.components.attoseconds / 1_000_000_000_000_000
  }

  /// Prometheus text exposition format 0.0.4.
  package func exposition(_ view: PreferenceView) -> String {
    let state = state.withLock { $0 }
    var text = ""
    func series(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Int)]) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
      for (labels, value) in samples { text += "\(name){service=\"\(WebProcess.name)\"\(labels)} \(value)\n" }
    }
    series(
      "stampede_web_answers_total", "counter", "Requests answered, by route and status; status 0: the client had left.",
      state.answers.map { (",route=\"\($0.key.route)\",status=\"\($0.key.status)\"", $0.value) }.sorted { $0.0 < $1.0 })
    series(
      "stampede_web_published_total", "counter", "Requests whose records the brokers have acknowledged.",
      [("", state.published)])
    series(
      "stampede_web_publish_failures_total", "counter",
      "Requests whose records they have not; their clients got a 503.",
      [("", state.failed)])
    series(
      "stampede_web_texts_total", "counter", "SMS that came in, by what they were understood as.",
      state.texts.map { (",meaning=\"\($0.key)\"", $0.value) }.sorted { $0.0 < $1.0 })
    series(
      "stampede_web_reports_total", "counter",
      "Events of providers on messages: taken, or passed over as not final or of no message of ours.",
      state.reports.map {
        (",provider=\"\($0.key.provider)\",result=\"\($0.key.isTaken ? "taken" : "passed-over")\"", $0.value)
      }.sorted { $0.0 < $1.0 })
    series("stampede_web_view_members", "gauge", "Members whose preferences are kept.", [("", view.memberCount)])
    series(
      "stampede_web_view_behind", "gauge", "1 while the page cannot show what is set, since the topic is not read.",
      [("", view.isBehind() ? 1 : 0)])
    series(
      "stampede_web_view_full", "gauge", "1 where there are more members than --view-members-max lets it keep.",
      [("", view.isFull ? 1 : 0)])
    return text
  }
}
