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

  /// Adds up gauges of one name and label. One without a label is there even at 0.
  mutating func gauges(_ gauges: [Gauge]) {
    for (name, ofName) in Dictionary(grouping: gauges, by: \.name).sorted(by: { $0.key < $1.key }) {
      if let label = ofName[0].label {
        let values = ofName.reduce(into: [:]) { $0[$1.label?.value ?? "", default: 0] += $1.value }
        head(name, ofName[0].help, ofName[0].isCounter ? "counter" : "gauge")
        series(name, values, label.name)
      } else {
        head(name, ofName[0].help, ofName[0].isCounter ? "counter" : "gauge")
        text += "\(name){\(common)} \(ofName.reduce(0) { $0 + $1.value })\n"
      }
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
    var running: Int64 = 0
    for (bound, count) in zip(bounds, buckets) {
      running += count
      text += "\(name)_bucket{\(common),le=\"\(bound)\"} \(running)\n"
    }
    let total = buckets.reduce(0, +)
    text +=
      "\(name)_bucket{\(common),le=\"+Inf\"} \(total)\n\(name)_sum{\(common)} \(sum)\n\(name)_count{\(common)} \(total)\n"
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
