/// The business of one partition. Created, called and dropped on the stream thread that owns the task.
///
/// A processor keeps all that must outlive a cycle in its stores; its own fields may only cache what it can recompute.
/// An error other than ``PoisonRecord`` aborts the cycle.
package protocol Processor: AnyObject {
  /// Handles one record; effects become visible together with the consumed offset, or not at all.
  func process(_ record: InputRecord) throws

  /// Handles rows that are due at or before `nowMs`, at most `limit` of them, and returns how many it handled.
  /// It is called again while it returns `limit`.
  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int

  /// The cycle is about to be committed: the place for outputs that tell where many records have led. What it writes
  /// belongs to the cycle.
  func cycleEnding() throws

  /// The cycle's effects are durable: the place to start effects outside the system.
  func cycleCommitted()

  /// When, by the machine's clock (milliseconds since 1970), ``runTimers(upToMs:limit:)`` is wanted for work outside
  /// the stores' timers, such as results of effects; nil = not.
  var wakeUpMs: Int64? { get }

  /// Figures of the moment for the worker's metrics, asked for after each cycle: cheap to tell.
  var gauges: [Gauge] { get }
}

extension Processor {
  package func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int { 0 }
  package func cycleEnding() throws {}
  package func cycleCommitted() {}
  package var wakeUpMs: Int64? { nil }
  package var gauges: [Gauge] { [] }
}
