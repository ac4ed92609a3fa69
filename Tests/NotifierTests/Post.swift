import Dispatch
import Messages
import Notifier
import Synchronization

/// What the senders of a test saw, and what they answer.
final class Post: Sendable {
  private let state = Mutex(State())
  /// Lets one message go that is held.
  let go = DispatchSemaphore(value: 0)

  private struct State {
    var sent: [OutgoingMessage] = []
    var answers: [SendOutcome] = []
    var holdsNext = 0
    var held = 0
  }

  /// The answers to the next messages, whoever they are to; after them all are sent.
  func answer(_ outcomes: SendOutcome...) { state.withLock { $0.answers += outcomes } }

  /// The next `count` messages wait for `go`.
  func hold(_ count: Int = 1) { state.withLock { $0.holdsNext += count } }

  /// Lets all go that are held, and holds no more: a test that failed in between must end.
  func letAllGo() {
    let held = state.withLock { state in
      state.holdsNext = 0
      return state.held
    }
    for _ in 0..<held { go.signal() }
  }

  var sent: [OutgoingMessage] { state.withLock { $0.sent } }

  var mails: [MailMessage] { sent.compactMap { if case .email(let mail) = $0 { mail } else { nil } } }
  var texts: [SMSMessage] { sent.compactMap { if case .sms(let text) = $0 { text } else { nil } } }

  func sender() -> any MessageSender { Sender(self) }

  private final class Sender: MessageSender {
    let post: Post
    init(_ post: Post) { self.post = post }

    func send(_ message: OutgoingMessage) throws -> SendOutcome {
      let (outcome, isHeld) = post.state.withLock { state in
        state.sent.append(message)
        let isHeld = state.holdsNext > 0
        if isHeld {
          state.holdsNext -= 1
          state.held += 1
        }
        return (state.answers.isEmpty ? SendOutcome.sent : state.answers.removeFirst(), isHeld)
      }
      if isHeld {
        post.go.wait()
        post.state.withLock { $0.held -= 1 }
      }
      return outcome
    }

    func close() {}
  }
}
