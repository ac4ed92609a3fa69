import Contracts
import Foundation
import Kafka
import ServiceKit
import Synchronization
import Threads

/// Reads `loyalty.preferences` into the view, all partitions, from the beginning and then as records come. One thread.
package final class ViewReader: Sendable {
  private let cluster: KafkaCluster
  private let view: PreferenceView
  private let log: Log
  private let figures: WebFigures
  private let stop: StopSignal
  private let thread = Mutex<OwnedThread?>(nil)

  private static let topic = Topic.preferences.name
  private static let pollMs: Int32 = 100
  private static let askMs: Int32 = 5_000
  private static let recordsAtOnce = 1_000
  /// Between two looks at how far the topic goes.
  private static let lookAgain: Duration = .seconds(2)
  private static let restMsMax = 10_000

  package init(
    _ cluster: KafkaCluster, _ view: PreferenceView, _ log: Log, _ figures: WebFigures, _ stop: StopSignal
  ) {
    self.cluster = cluster
    self.view = view
    self.log = log
    self.figures = figures
    self.stop = stop
  }

  package func start() throws {
    let started = try OwnedThread("view") { [self] in work() }
    thread.withLock { $0 = started }
  }

  /// After the stop has been asked for.
  package func join() {
    guard let thread = thread.withLock({ $0.take() }) else { return }
    do { try thread.join() } catch { preconditionFailure("the view's thread threw \(error)") }
  }

  /// Whatever goes wrong, it begins again; the page says meanwhile that it cannot show what is set.
  private func work() {
    var restMs = 200
    while !stop.isStopping {
      do {
        try read { restMs = 200 }
      } catch {
        log.warning("what members want cannot be read; trying again", ["topic": Self.topic, "reason": "\(error)"])
        rest(restMs)
        restMs = min(2 * restMs, Self.restMsMax)
      }
    }
  }

  private func rest(_ ms: Int) {
    let deadline = ContinuousClock.now + .milliseconds(ms)
    while !stop.isStopping, .now < deadline {
      figures.beat(.view)
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  /// - Parameter goesWell: called when the end of the topic was reached.
  private func read(_ goesWell: () -> Void) throws {
    let places = try partitions()
    let consumer = try KafkaConsumer(
      settings: cluster.reader(WebProcess.name, group: "\(WebProcess.name)-view"), log: kafkaLog)
    defer { _ = try? consumer.close() }
    view.forget()
    try consumer.assign(
      places.map { TopicPartitionOffset(topic: $0.topic, partition: $0.partition, offset: KafkaOffset.beginning) })
    var positions = [Int64](repeating: 0, count: places.count)
    var look: (at: ContinuousClock.Instant, ends: [Int64])?
    var lookNext = ContinuousClock.now
    while !stop.isStopping {
      figures.beat(.view)
      try take(consumer, &positions)
      if look == nil, .now >= lookNext {
        let at = ContinuousClock.now
        look = (at, try consumer.endOffsets(places, timeoutMs: Self.askMs).map(\.offset))
      }
      if let (at, ends) = look, zip(positions, ends).allSatisfy({ $0 >= $1 }) {
        view.isCurrent(asOf: at)
        goesWell()
        look = nil
        lookNext = at + Self.lookAgain
      }
    }
  }

  private func take(_ consumer: KafkaConsumer, _ positions: inout [Int64]) throws {
    for _ in 0..<Self.recordsAtOnce {
      guard let message = try poll(consumer) else { return }
      let (partition, offset) = (message.partition, message.offset)
      guard positions.indices.contains(Int(partition)) else { continue }
      guard !message.isPartitionEOF else {
        positions[Int(partition)] = max(positions[Int(partition)], offset)
        continue
      }
      positions[Int(partition)] = offset + 1
      guard let key = message.key else { continue }
      do {
        try view.take(String(decoding: key, as: UTF8.self), message.value)
      } catch let violation as ContractViolation {
        log.warning(
          "a record is passed over",
          ["topic": Self.topic, "partition": partition, "offset": offset, "reason": violation.code.rawValue])
      }
    }
  }

  private func poll(_ consumer: KafkaConsumer) throws -> KafkaMessage? {
    do throws(KafkaError) {
      return try consumer.poll(timeoutMs: Self.pollMs)
    } catch {
      // The client connects again by itself.
      guard error.fault == .passing else { throw error }
      return nil
    }
  }

  private func partitions() throws -> [KafkaTopicPartition] {
    let admin = try KafkaAdmin(settings: cluster.client(WebProcess.name), log: kafkaLog)
    defer { admin.close() }
    guard let found = try admin.listTopics(timeoutMs: Self.askMs).first(where: { $0.name == Self.topic }) else {
      throw MissingTopic(description: "there is no topic \(Self.topic); run `loyalty topics apply`")
    }
    return (0..<Int32(found.partitionCount)).map { KafkaTopicPartition(topic: Self.topic, partition: $0) }
  }

  private var kafkaLog: KafkaLog {
    { [log] level, line in log.debug("librdkafka: \(line)", ["syslogLevel": level]) }
  }
}

private struct MissingTopic: Error, CustomStringConvertible {
  let description: String
}
