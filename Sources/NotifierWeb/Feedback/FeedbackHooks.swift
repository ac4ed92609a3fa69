import HTTP
import Loyalty
import MessageFeedback

/// What providers report of messages, at `/feedback/` and the provider's name.
///
/// Everybody may call: a report counts only with a token that the notifier gave away with that message, Mailgun's only
/// with its signature, and SendGrid's, SNS's and Zalo's only with theirs where an operator says by what they are known.
package struct FeedbackHooks: Sendable {
  private let secrets: FeedbackHook.Secrets
  private let figures: WebFigures
  private let nowMs: @Sendable () -> Int64
  private let confirm: @Sendable (_ url: String) -> Void

  /// - Parameter confirm: SNS asks whether it may call; an operator opens this address, or not.
  package init(
    _ secrets: FeedbackHook.Secrets, _ figures: WebFigures, nowMs: @escaping @Sendable () -> Int64,
    confirm: @escaping @Sendable (_ url: String) -> Void
  ) {
    self.secrets = secrets
    self.figures = figures
    self.nowMs = nowMs
    self.confirm = confirm
  }

  package var all: [WebHook] {
    FeedbackHook.allCases.map { kind in
      WebHook(
        "/feedback/\(kind.rawValue)", methods: [.get, .post], door: .open, bodyBytesMax: FeedbackHook.bodyBytesMax
      ) { [self] request in try hear(kind, request) }
    }
  }

  private func hear(_ kind: FeedbackHook, _ request: Request) throws -> WebHook.Heard {
    let answer = kind.read(
      body: request.body, query: request.query.text, header: { request.headers[$0] }, secrets,
      at: Instant(milliseconds: nowMs()))
    switch answer {
    case .told(let feedback, let passedOver):
      figures.reported(kind.rawValue, feedback.count, passedOver: passedOver)
      return .init(feedback.map(OutgoingRecord.init)) { .text("") }
    case .asksForConfirmation(let url):
      confirm(url)
      return .init([]) { .text("") }
    case .refused(let refusal):
      throw HTTPRefusal(refusal.status, "It is not taken: \(refusal.rawValue).")
    }
  }
}
