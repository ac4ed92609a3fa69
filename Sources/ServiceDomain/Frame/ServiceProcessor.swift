import Contracts
import StreamRuntime

/// What one partition of a service does, as it declares it; ``ServiceFrame`` does the rest. Made, called and dropped on
/// the stream thread that owns the task.
package protocol ServiceProcessor: AnyObject {
  /// One for each of ``Service/inputTopics``. Asked for once.
  var inputs: [ServiceInput] { get }
  /// Copies of reference topics, brought up to date before each record and before timers run.
  var shelves: [any Shelf] { get }
  var sweeps: [Sweep] { get }
  /// See ``Processor/cycleEnding()``.
  func cycleEnding() throws
  /// See ``Processor/cycleCommitted()``.
  func cycleCommitted()
  /// See ``Processor/wakeUpMs``.
  var wakeUpMs: Int64? { get }
  /// See ``Processor/gauges``.
  var gauges: [Gauge] { get }
}

extension ServiceProcessor {
  package var shelves: [any Shelf] { [] }
  package func cycleEnding() throws {}
  package func cycleCommitted() {}
  package var wakeUpMs: Int64? { nil }
  package var gauges: [Gauge] { [] }
}

/// What a service makes of a reference topic.
package protocol Shelf: AnyObject {
  /// Takes in what came since the last call.
  func refresh()
}
