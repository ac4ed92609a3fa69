import Synchronization

/// A worker's figures: counted on the stream threads once a cycle, read by the metrics endpoint from any thread.
package final class WorkerMetrics: Sendable {
  /// Upper bounds of the commit latency histogram's buckets, seconds.
  static let commitBucketsSeconds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

  struct Figures {
    var recordsIn: [String: Int64] = [:]
    var recordsOut: [String: Int64] = [:]
    var forwarded: [String: Int64] = [:]
    var rejected: [String: Int64] = [:]
    var deadLettered: Int64 = 0
    var timersPutOff: [String: Int64] = [:]
    var traceparentsDropped: Int64 = 0
    /// Of the present, by topic.
    var referencesLeftOut: [String: Int64] = [:]
    var cyclesCommitted: Int64 = 0
    var cyclesAborted: Int64 = 0
    var commitBuckets = [Int64](repeating: 0, count: WorkerMetrics.commitBucketsSeconds.count + 1)
    var commitSecondsSum: Double = 0
    var restoreRecords: Int64 = 0
    var inputPartitions: Int64 = 0
    var threads: [Int: ThreadFigures] = [:]
    var ofProcess: @Sendable () -> [Gauge] = { [] }
    var histogramsOfProcess: @Sendable () -> [Histogram] = { [] }
  }

  /// One thread's view of the partitions it holds, replaced whole.
  struct ThreadFigures {
    var lag: [TopicPartition: Int64] = [:]
    /// Of inputs for which a partition is stopped, the records that are gone.
    var lost: [TopicPartition: Int64] = [:]
    var rows: [String: Int] = [:]
    var gauges: [Gauge] = []
    var tasks: [Int32: String] = [:]
    var restoreRemaining: Int64 = 0
    var rewritingStores = 0
    var lastStepMs: Int64 = 0
    var hasAssignment = false
  }

  package let service: String
  private let figures = Mutex(Figures())

  package init(service: String) { self.service = service }

  /// What the process tells of its own, beside its partitions; asked whenever metrics are.
  package func tell(_ gauges: @escaping @Sendable () -> [Gauge]) { update { $0.ofProcess = gauges } }

  /// The same, of histograms.
  package func tellHistograms(_ histograms: @escaping @Sendable () -> [Histogram]) {
    update { $0.histogramsOfProcess = histograms }
  }

  func update(_ change: (inout Figures) -> Void) { figures.withLock { change(&$0) } }

  /// A cycle is committed, and what it has counted with it. `recordsOut` by output topic.
  func committed(seconds: Double, _ counts: CycleCounts, recordsOut: [Int64], _ topology: Topology) {
    figures.withLock { figures in
      figures.cyclesCommitted += 1
      figures.commitSecondsSum += seconds
      let bucket = Self.commitBucketsSeconds.firstIndex { seconds <= $0 } ?? Self.commitBucketsSeconds.count
      figures.commitBuckets[bucket] += 1
      for (topic, count) in recordsOut.enumerated() where count > 0 {
        figures.recordsOut[topology.outputTopics[topic], default: 0] += count
      }
      for (topic, count) in counts.recordsIn.enumerated() where count > 0 {
        figures.recordsIn[topology.inputTopics[topic], default: 0] += count
      }
      for (topic, count) in counts.forwarded.enumerated() where count > 0 {
        figures.forwarded[topology.inputTopics[topic], default: 0] += count
      }
      for (code, count) in counts.rejected { figures.rejected[code, default: 0] += count }
      figures.deadLettered += counts.deadLettered
      figures.traceparentsDropped += counts.traceparentsDropped
    }
  }

  /// True when every thread has been told by the group which partitions are its own, none perhaps, and processes all
  /// of them. A broker that is away ends that: within the session timeout the partitions count as lost.
  package var isReady: Bool {
    figures.withLock { figures in
      !figures.threads.isEmpty
        && figures.threads.values.allSatisfy { $0.hasAssignment && $0.tasks.values.allSatisfy { $0 == "running" } }
    }
  }

  /// Milliseconds since the slowest thread last finished a step.
  package func stalledMs(nowMonotonicMs: Int64) -> Int64 {
    figures.withLock { figures in
      figures.threads.values.map { max(0, nowMonotonicMs - $0.lastStepMs) }.max() ?? 0
    }
  }

  /// The Prometheus text exposition format, version 0.0.4.
  package func exposition() -> String {
    let now = figures.withLock { $0 }
    var text = PrometheusText(labels: [("service", service)])
    text.counter("stampede_records_in_total", "Records consumed, by topic.", now.recordsIn, label: "topic")
    text.counter(
      "stampede_records_out_total", "Records produced in committed cycles, by topic.", now.recordsOut, label: "topic")
    text.counter(
      "stampede_records_forwarded_total", "Records sent on to the partition where their keys belong, by topic.",
      now.forwarded, label: "topic")
    text.counter("stampede_records_rejected_total", "Records refused, by stable code.", now.rejected, label: "code")
    text.counter("stampede_records_dead_lettered_total", "Records sent to the dead-letter topic.", now.deadLettered)
    text.counter(
      "stampede_timers_put_off_total", "Timers put off since no cycle could be committed with them, by store.",
      now.timersPutOff, label: "store")
    text.counter(
      "stampede_traceparents_dropped_total", "Records whose traceparent is not of W3C Trace Context, version 00.",
      now.traceparentsDropped)
    text.gauge(
      "stampede_reference_records_left_out", "Records of reference topics beyond what a worker keeps in memory.",
      now.referencesLeftOut, label: "topic")
    text.counter("stampede_cycles_committed_total", "Cycles committed.", now.cyclesCommitted)
    text.counter("stampede_cycles_aborted_total", "Cycles aborted and done again.", now.cyclesAborted)
    text.histogram(
      "stampede_commit_seconds", "Time from the start of the Kafka transaction to the store's commit.",
      bounds: Self.commitBucketsSeconds, buckets: now.commitBuckets, sum: now.commitSecondsSum)
    text.counter("stampede_restore_records_total", "Changelog records replayed into local stores.", now.restoreRecords)
    let threads = now.threads.values
    text.gauge(
      "stampede_restore_remaining_records", "Changelog records still to replay.",
      threads.reduce(0) { $0 + $1.restoreRemaining })
    text.gauge(
      "stampede_input_partitions", "Partitions of each input topic; those that no instance holds have no owner.",
      now.inputPartitions)
    text.gauge(
      "stampede_tasks", "Partitions held, by state.", tally(threads.flatMap { $0.tasks.values }), label: "state")
    var rows: [String: Int64] = [:]
    for thread in threads { for (store, count) in thread.rows { rows[store, default: 0] += Int64(count) } }
    text.gauge("stampede_store_rows", "Rows in the local stores.", rows, label: "store")
    text.gauge(
      "stampede_stores_rewriting", "Stores of partitions whose rows of old formats are being written anew.",
      threads.reduce(0) { $0 + Int64($1.rewritingStores) })
    text.gauges(threads.flatMap(\.gauges) + now.ofProcess())
    text.histograms(now.histogramsOfProcess())
    text.gauge(
      "stampede_partition_lag_records", "Records between the position and the last stable offset.",
      threads.flatMap { $0.lag.map { ($0.key, $0.value) } })
    text.gauge(
      "stampede_partition_lost_records",
      "Records that were gone before they were processed, by input for which a partition is stopped; 0: not countable.",
      threads.flatMap { $0.lost.map { ($0.key, $0.value) } })
    return text.text
  }

  private func tally(_ states: [String]) -> [String: Int64] {
    states.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}
