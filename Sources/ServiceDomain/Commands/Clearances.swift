import Contracts
import Loyalty
import StreamRuntime

/// Asks whether an actor may have a command done today. See ``Clearance``.
package struct Clearances {
  private let service: Service
  private let context: ProcessorContext
  private let publisher: EventPublisher
  private let output: EventPublisher.Output

  package init(_ service: Service, _ context: ProcessorContext, _ publisher: EventPublisher) {
    self.service = service
    self.context = context
    self.publisher = publisher
    output = publisher.output(.clearances)
  }

  /// - Parameters:
  ///   - command: one that names its programme.
  ///   - most: how much the actor may have in a day.
  package func ask(
    _ kind: Clearance.Kind, _ command: Command, by actor: String, occurredAt: Instant, amount: Int64, most: Int64
  ) {
    // On wall time the day on which it comes: what a command says of its own time could be any day. On stream time that
    // is all there is.
    let at = context.clock.mode == .wall ? context.clock.nowMs : occurredAt.milliseconds
    let day = LocalDate(daysSinceEpoch: Int32(clamping: at.flooredDivision(by: Instant.dayMs).quotient))
    send(
      Clearance(service: service, command: command, actor: actor, kind: kind, day: day, amount: amount, most: most))
  }

  package func answer(_ clearance: Clearance, isGranted: Bool) { send(clearance.answered(isGranted: isGranted)) }

  private func send(_ clearance: Clearance) { publisher.publish(clearance, to: output, key: clearance.key) }
}
