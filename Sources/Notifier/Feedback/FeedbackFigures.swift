import Contracts
import StreamRuntime
import Synchronization

/// What a process tells of reports and of the suppression list. Any thread.
package final class FeedbackFigures: Sendable {
  /// What became of a report beside the kinds that were taken.
  enum PassedOver: String, CaseIterable {
    /// No message of that id, or not any more.
    case unknown
    /// The same was reported before.
    case repeated
    /// Its message had ended; where it speaks of the contact the list has taken it all the same.
    case late
  }

  private struct State {
    var counts: [String: Int] = [:]
    var contacts = 0
    var isUsable = true
    var told: String?
  }

  private let state = Mutex(State())

  package init() {}

  func add(_ counts: [String: Int]) {
    state.withLock { state in for (name, count) in counts { state.counts[name, default: 0] += count } }
  }

  func found(contacts: Int, isUsable: Bool) {
    state.withLock { state in
      (state.contacts, state.isUsable) = (contacts, isUsable)
      if isUsable { state.told = nil }
    }
  }

  /// Whether no partition of this process has told it yet.
  func isNews(_ problem: String) -> Bool {
    state.withLock { state in
      defer { state.told = problem }
      return state.told != problem
    }
  }

  package var gauges: [Gauge] {
    let state = state.withLock { $0 }
    let names = Feedback.Kind.allCases.map(\.label) + PassedOver.allCases.map(\.rawValue)
    return names.map { name in
      Gauge(
        "stampede_feedback_total", "Reports on messages, by what they say or why they were passed over.",
        state.counts[name] ?? 0, label: .init("kind", name), isCounter: true)
    } + [
      Gauge("stampede_suppressed_contacts", "Contacts that nothing is sent to.", state.contacts),
      Gauge(
        "stampede_suppressions_unusable", "1 while no message is sent, for the suppression list cannot be asked.",
        state.isUsable ? 0 : 1),
    ]
  }
}

extension Feedback.Kind {
  /// `bounced` of `message.bounced`.
  var label: String { String(rawValue.drop { $0 != "." }.dropFirst()) }
}
