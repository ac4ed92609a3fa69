/// A figure of the moment that a processor tells about its own business, or the process about what its partitions share
/// (`WorkerMetrics.tell`). The worker's metrics add up what is told under one name and label.
package struct Gauge: Equatable, Sendable {
  /// As Prometheus names it: `stampede_messages_waiting`.
  package var name: String
  /// One sentence.
  package var help: String
  package var value: Int64
  /// What tells the series of one name apart, such as `channel` and `sms`; the same label for all of a name.
  package var label: Label?
  /// It never falls while the process lives; its name ends in `_total`.
  package var isCounter: Bool

  package struct Label: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(_ name: String, _ help: String, _ value: Int, label: Label? = nil, isCounter: Bool = false) {
    self.name = name
    self.help = help
    self.value = Int64(value)
    self.label = label
    self.isCounter = isCounter
  }
}
