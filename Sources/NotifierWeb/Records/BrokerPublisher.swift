import Contracts
import Dispatch
import HTTP
import Kafka
import ServiceKit
import Synchronization
import Threads

/// Publishes records with one idempotent producer on a thread of its own. Handlers hand over and wait; what waits is
/// produced together and acknowledged together.
package final class BrokerPublisher: RecordPublisher {
  private let cluster: KafkaCluster
  private let log: Log
  private let figures: WebFigures
  private let state = Mutex(State())
  private let wakeUps = DispatchSemaphore(value: 0)
  private let thread = Mutex<OwnedThread?>(nil)

  private struct State {
    var waiting: [Job] = []
    var isStopping = false
  }

  /// What one request made.
  private final class Job: Sendable {
    let records: [OutgoingRecord]
    let done = DispatchSemaphore(value: 0)
    let isDelivered = Atomic(false)

    init(_ records: [OutgoingRecord]) { self.records = records }
  }

  /// Requests that wait for the producer; more are refused at once.
  private static let waitingMax = 1_000
  /// How long the brokers may take over a record.
  private static let deliveryMs = 5_000
  /// How much longer the producer may take to say that they did not.
  private static let graceMs = 2_000
  private static let pollMs: Int32 = 20
  private static let heartbeatS = 1
  private static let refusal = HTTPRefusal(
    503, "This could not be kept just now; please try again in a minute.", headers: ["Retry-After": "60"])

  package init(_ cluster: KafkaCluster, _ log: Log, _ figures: WebFigures) {
    self.cluster = cluster
    self.log = log
    self.figures = figures
  }

  package func start() throws {
    let started = try OwnedThread("publisher") { [self] in work() }
    thread.withLock { $0 = started }
  }

  /// Blocks until what waits is delivered or given up.
  package func stop() {
    state.withLock { $0.isStopping = true }
    wakeUps.signal()
    guard let thread = thread.withLock({ $0.take() }) else { return }
    do { try thread.join() } catch { preconditionFailure("the publisher's thread threw \(error)") }
  }

  package func publish(_ records: [OutgoingRecord]) throws {
    let job = Job(records)
    let isTaken = state.withLock { state in
      guard !state.isStopping, state.waiting.count < Self.waitingMax else { return false }
      state.waiting.append(job)
      return true
    }
    guard isTaken else { throw Self.refusal }
    wakeUps.signal()
    // The thread answers each job within these times, whatever the brokers do: one may wait behind another.
    let limit = DispatchTime.now() + .milliseconds(2 * (Self.deliveryMs + Self.graceMs))
    guard job.done.wait(timeout: limit) == .success, job.isDelivered.load(ordering: .acquiring) else {
      throw Self.refusal
    }
  }

  // MARK: The thread

  private func work() {
    var producer: KafkaProducer?
    while true {
      _ = wakeUps.wait(timeout: .now() + .seconds(Self.heartbeatS))
      figures.beat(.publisher)
      let (jobs, isStopping) = state.withLock { state in
        defer { state.waiting = [] }
        return (state.waiting, state.isStopping)
      }
      if !jobs.isEmpty { deliver(jobs, &producer) }
      if isStopping, jobs.isEmpty { break }
    }
    producer?.close()
  }

  private func deliver(_ jobs: [Job], _ producer: inout KafkaProducer?) {
    var failure: (any Error)?
    do {
      let ready =
        try producer
        ?? KafkaProducer(settings: settings) { [log] level, line in
          log.debug("librdkafka: \(line)", ["syslogLevel": level])
        }
      producer = ready
      failure = try deliver(jobs, ready)
    } catch {
      failure = error
      figures.published(requests: 0, failed: jobs.count)
    }
    for job in jobs { job.done.signal() }
    guard let failure else { return }
    log.warning(
      "what was asked for could not be published; clients were told to come again", ["reason": "\(failure)"])
    // What is still on its way must not be taken for a later record's.
    producer?.close()
    producer = nil
  }

  /// Returns what befell one of them, nil when all are there.
  private func deliver(_ jobs: [Job], _ producer: KafkaProducer) throws -> (any Error)? {
    producer.clearMarks()
    var mark = 0
    var marks: [Range<Int>] = []
    for job in jobs {
      let first = mark
      for record in job.records {
        try produce(record, producer, mark)
        mark += 1
      }
      marks.append(first..<mark)
    }
    let deadline = ContinuousClock.now + .milliseconds(Self.deliveryMs + Self.graceMs)
    while producer.outstanding > 0, .now < deadline {
      producer.poll(timeoutMs: Self.pollMs)
      figures.beat(.publisher)
    }
    var failed = 0
    for (job, marks) in zip(jobs, marks) {
      let isDelivered = marks.allSatisfy { producer.deliveredOffset(mark: $0) != nil }
      job.isDelivered.store(isDelivered, ordering: .releasing)
      if !isDelivered { failed += 1 }
    }
    figures.published(requests: jobs.count - failed, failed: failed)
    return producer.takeDeliveryError() ?? (failed > 0 ? Unacknowledged() : nil)
  }

  private func produce(_ record: OutgoingRecord, _ producer: KafkaProducer, _ mark: Int) throws {
    let topic = try producer.topic(record.topic.name)
    var key = record.key
    try key.withUTF8 { key in
      try record.value.withUnsafeBytes { value in
        try producer.produce(
          to: topic, partition: record.partition ?? KafkaProducer.anyPartition, key: UnsafeRawBufferPointer(key),
          value: value, mark: mark)
      }
    }
  }

  private var settings: KafkaSettings {
    cluster.producer(WebProcess.name, ["message.timeout.ms": "\(Self.deliveryMs)", "linger.ms": "2"])
  }
}

private struct Unacknowledged: Error, CustomStringConvertible {
  let description = "the brokers did not acknowledge in time"
}
