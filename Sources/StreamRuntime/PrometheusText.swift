/// Builds the Prometheus text exposition format (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct PrometheusText {
  private(set) var text = ""
  private let common: String

  init(labels: [(String, String)]) {
    common = labels.map { "\($0)=\"\(Self.escape($1))\"" }.joined(separator: ",")
  }

  mutating func counter(_ name: String, _ help: String, _ value: Int64) {
    head(name, help, "counter")
    text += "\(name){\(common)} \(value)\n"
  }

  mutating func counter(_ name: String, _ help: String, _ values: [String: Int64], label: String) {
    head(name, help, "counter")
    series(name, values, label)
  }

  mutating func gauge(_ name: String, _ help: String, _ value: Int64) {
    head(name, help, "gauge")
    text += "\(name){\(common)} \(value)\n"
  }

  mutating func gauge(_ name: String, _ help: String, _ values: [String: Int64], label: String) {
    head(name, help, "gauge")
    series(name, values, label)
  }

  /// Makes one of the gauges of one name and its labels. One without a label is there even at 0.
  mutating func gauges(_ gauges: [Gauge]) {
    for (name, ofName) in Dictionary(grouping: gauges, by: \.name).sorted(by: { $0.key < $1.key }) {
      head(name, ofName[0].help, ofName[0].isCounter ? "counter" : "gauge")
      let values = ofName.reduce(into: [String: Int64]()) { values, gauge in
        let key = labels(gauge.labels)
        values[key] = values[key].map { gauge.whole == .sum ? $0 + gauge.value : max($0, gauge.value) } ?? gauge.value
      }
      for (labels, value) in values.sorted(by: { $0.key < $1.key }) { text += "\(name){\(labels)} \(value)\n" }
    }
  }

  /// One series for each partition.
  mutating func gauge(_ name: String, _ help: String, _ values: [(TopicPartition, Int64)]) {
    head(name, help, "gauge")
    for (partition, value) in values.sorted(by: { ($0.0.topic, $0.0.partition) < ($1.0.topic, $1.0.partition) }) {
      text +=
        "\(name){\(common),topic=\"\(Self.escape(partition.topic))\",partition=\"\(partition.partition)\"} \(value)\n"
    }
  }

  mutating func histogram(_ name: String, _ help: String, bounds: [Double], buckets: [Int64], sum: Double) {
    head(name, help, "histogram")
    series(name, common, bounds: bounds, buckets: buckets, sum: sum)
  }

  /// Those of one name have the same bounds.
  mutating func histograms(_ histograms: [Histogram]) {
    for (name, ofName) in Dictionary(grouping: histograms, by: \.name).sorted(by: { $0.key < $1.key }) {
      head(name, ofName[0].help, "histogram")
      for each in ofName.sorted(by: { labels($0.labels) < labels($1.labels) }) {
        series(name, labels(each.labels), bounds: each.bounds, buckets: each.buckets, sum: each.sum)
      }
    }
  }

  private mutating func series(_ name: String, _ labels: String, bounds: [Double], buckets: [Int64], sum: Double) {
    var running: Int64 = 0
    for (bound, count) in zip(bounds, buckets) {
      running += count
      text += "\(name)_bucket{\(labels),le=\"\(bound)\"} \(running)\n"
    }
    let total = buckets.reduce(0, +)
    text += "\(name)_bucket{\(labels),le=\"+Inf\"} \(total)\n"
    text += "\(name)_sum{\(labels)} \(sum)\n\(name)_count{\(labels)} \(total)\n"
  }

  private func labels(_ more: [Gauge.Label]) -> String {
    more.reduce(common) { "\($0),\($1.name)=\"\(Self.escape($1.value))\"" }
  }

  private mutating func head(_ name: String, _ help: String, _ type: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func series(_ name: String, _ values: [String: Int64], _ label: String) {
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      text += "\(name){\(common),\(label)=\"\(Self.escape(key))\"} \(value)\n"
    }
  }

  private static func escape(_ value: String) -> String {
    var escaped = ""
    for character in value {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
