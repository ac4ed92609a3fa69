/// How often a figure lay below each of some bounds: what a process tells as a histogram of Prometheus.
package struct Histogram: Equatable, Sendable {
  /// As Prometheus names it, with the unit last: `stampede_message_seconds`.
  package let name: String
  /// One sentence.
  package let help: String
  package let labels: [Gauge.Label]
  /// Ascending.
  package let bounds: [Double]
  /// One more than bounds: the last holds what lies above all of them.
  package private(set) var buckets: [Int64]
  package private(set) var sum = 0.0

  package init(_ name: String, _ help: String, labels: [Gauge.Label], bounds: [Double]) {
    self.name = name
    self.help = help
    self.labels = labels
    self.bounds = bounds
    buckets = Array(repeating: 0, count: bounds.count + 1)
  }

  package mutating func observe(_ value: Double) {
    buckets[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }
}
