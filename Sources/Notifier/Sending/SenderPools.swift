import StreamRuntime

/// A pool of senders for each carrier, so that a mail server that hangs holds up no SMS.
package struct SenderPools: Sendable {
  private let pools: [Carrier: SenderPool]
  /// How messages of all partitions have ended.
  package let ends = MessageFigures()

  /// - Parameter make: makes the pool of a carrier, on this thread.
  package init(_ make: (Carrier) throws -> SenderPool) throws {
    var pools: [Carrier: SenderPool] = [:]
    do {
      for carrier in Carrier.allCases { pools[carrier] = try make(carrier) }
    } catch {
      for pool in pools.values { try pool.stop() }
      throw error
    }
    self.pools = pools
  }

  package subscript(carrier: Carrier) -> SenderPool {
    guard let pool = pools[carrier] else { preconditionFailure("every carrier has a pool") }
    return pool
  }

  private var all: [SenderPool] { Carrier.allCases.map { self[$0] } }

  /// See `SenderPool.figures` and `MessageFigures`.
  package var figures: [Gauge] { all.flatMap(\.figures) + ends.counters }
  package var histograms: [Histogram] { ends.histograms }

  /// See `SenderPool.isSettled`.
  package var isSettled: Bool { all.allSatisfy(\.isSettled) }

  /// See `SenderPool.beginStopping()`.
  package func beginStopping() {
    for pool in all { pool.beginStopping() }
  }

  /// Blocks until what is being sent has an outcome, and ends the threads of all.
  package func stop() throws {
    beginStopping()
    let ended = all.map { pool in Result { try pool.stop() } }
    for end in ended { try end.get() }
  }
}
