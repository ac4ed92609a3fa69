/// A figure of the moment that a processor tells about its own business, or the process about what its partitions share
/// (`WorkerMetrics.tell`). The worker's metrics make one of what is told under one name and its labels.
package struct Gauge: Equatable, Sendable {
  /// As Prometheus names it: `stampede_messages_waiting`.
  package var name: String
  /// One sentence.
  package var help: String
  package var value: Int64
  /// What tells the series of one name apart, such as `channel` and `sms`; the same labels for all of a name.
  package var labels: [Label]
  /// It never falls while the process lives; its name ends in `_total`.
  package var isCounter: Bool
  /// What becomes of figures that several partitions tell.
  package var whole: Whole

  package enum Whole: Sendable { case sum, largest }

  package struct Label: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(_ name: String, _ help: String, _ value: Int, label: Label? = nil, isCounter: Bool = false) {
    self.init(name, help, value, labels: label.map { [$0] } ?? [], isCounter: isCounter)
  }

  package init(
    _ name: String, _ help: String, _ value: Int, labels: [Label], isCounter: Bool = false, whole: Whole = .sum
  ) {
    self.name = name
    self.help = help
    self.value = Int64(value)
    self.labels = labels
    self.isCounter = isCounter
    self.whole = whole
  }
}
