import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Which channels and templates an operator has paused, as `loyalty.message-controls` holds it now.
///
/// A paused channel's messages stay where they are, and are taken up when it is resumed. Those of a paused template lie
/// among others that go, so each is put off: for as long as the pause has lasted, between two bounds. So a long pause
/// of many messages costs few writes, and a short one few seconds.
final class PauseShelf: Shelf {
  private let documents: GlobalTable
  private var version = 0
  private var paused: [MessageControl.Subject: MessageControl] = [:]

  /// How soon a resumed channel is noticed, and the first pause of a paused template's message.
  private static let shortestMs: Int64 = 1_000
  private static let longestMs: Int64 = 600_000

  init(_ context: ProcessorContext) {
    documents = context.global(Topic.messageControls.name)
  }

  /// Takes in what was published since the last call.
  func refresh() {
    guard documents.version != version else { return }
    documents.forEachChange(after: version, startingOver: { paused = [:] }) { key, bytes in
      let subject = MessageControl.Subject(key: String(decoding: key, as: UTF8.self))
      guard let subject else { return }
      // What does not follow the contract holds up nobody.
      let control = bytes.flatMap { try? MessageControl(decoding: $0) }
      paused[subject] = control?.isPaused == true && control?.subject == subject ? control : nil
    }
    version = documents.version
  }

  func isPaused(_ channel: Consent.Channel) -> Bool { paused[.channel(channel)] != nil }

  /// When the messages of a paused channel are looked at again.
  func lookAgainMs(nowMs: Int64) -> Int64 { nowMs + Self.shortestMs }

  /// Until when a message of the template is put off; nil: it may go.
  func putOffUntilMs(_ template: Template, nowMs: Int64) -> Int64? {
    guard let control = paused[.template(template.rawValue)] else { return nil }
    let lastedMs = nowMs - control.occurredAt.milliseconds
    return nowMs + min(max(lastedMs, Self.shortestMs), Self.longestMs)
  }

  var templates: [String] {
    paused.keys.compactMap { if case .template(let name) = $0 { name } else { nil } }.sorted()
  }

  /// Channels always, templates while they are paused. Every partition tells the same.
  var gauges: [Gauge] {
    // An idle partition has nobody else who looks.
    refresh()
    let subjects =
      Consent.Channel.allCases.map { MessageControl.Subject.channel($0) }
      + templates.map { MessageControl.Subject.template($0) }
    return subjects.map { subject in
      Gauge(
        "stampede_messages_paused", "1 while an operator has paused a channel or a template, whose messages wait.",
        paused[subject] == nil ? 0 : 1, labels: [.init("subject", subject.key)], whole: .largest)
    }
  }
}
