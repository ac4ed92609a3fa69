import Contracts
import StreamRuntime

/// A pool of senders for each channel, so that a mail server that hangs holds up no SMS.
package struct SenderPools: Sendable {
  private let email: SenderPool
  private let sms: SenderPool
  /// How messages of all partitions have ended.
  package let ends = MessageFigures()

  /// - Parameter make: makes the pool of a channel, on this thread.
  package init(_ make: (Consent.Channel) throws -> SenderPool) throws {
    email = try make(.email)
    do {
      sms = try make(.sms)
    } catch {
      try email.stop()
      throw error
    }
  }

  package subscript(channel: Consent.Channel) -> SenderPool {
    switch channel {
    case .email: email
    case .sms: sms
    }
  }

  /// See `SenderPool.figures` and `MessageFigures`.
  package var figures: [Gauge] { email.figures + sms.figures + ends.counters }
  package var histograms: [Histogram] { ends.histograms }

  /// See `SenderPool.isSettled`.
  package var isSettled: Bool { email.isSettled && sms.isSettled }

  /// See `SenderPool.beginStopping()`.
  package func beginStopping() {
    email.beginStopping()
    sms.beginStopping()
  }

  /// Blocks until what is being sent has an outcome, and ends the threads of both.
  package func stop() throws {
    beginStopping()
    let ended = Result { try email.stop() }
    try sms.stop()
    try ended.get()
  }
}
