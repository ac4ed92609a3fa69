import StreamRuntime

/// ``ChangelogReader`` on the log: read_committed, to the high watermarks found at the start.
final class MemoryChangelogReader: ChangelogReader {
  private let io: MemoryIO
  private let places: [TopicPartition]
  private var next: [Int64]
  let bounds: [ChangelogBounds]

  init(_ io: MemoryIO, _ positions: [ChangelogPosition]) {
    self.io = io
    places = positions.map {
      TopicPartition(topic: io.topology.changelogTopic(table: $0.table), partition: $0.partition)
    }
    next = positions.map { $0.offset ?? 0 }
    bounds = places.map { ChangelogBounds(logStart: 0, highWatermark: io.log.highWatermark($0)) }
    io.trace?("restores from \(next) to \(bounds.map(\.highWatermark))")
  }

  func restart(_ index: Int, at offset: Int64) throws { next[index] = offset }

  func read(
    limit: Int, timeoutMs: Int,
    _ body: (Int, Int64, UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws -> Void
  ) throws -> Int {
    try io.reach(.restoreRead)
    let limit = min(limit, io.conditions?.restoreSlice() ?? limit)
    var count = 0
    for index in places.indices {
      while count < limit {
        guard
          let (record, offset) = io.log.read(
            places[index], from: next[index], uncommitted: io.carelessness == .restoreUncommitted)
        else {
          next[index] = max(next[index], io.log.lastStableOffset(places[index]))
          break
        }
        try (record.key ?? []).withUnsafeBytes { key in
          if let value = record.value {
            try value.withUnsafeBytes { try body(index, offset, key, $0) }
          } else {
            try body(index, offset, key, nil)
          }
        }
        next[index] = offset + 1
        count += 1
      }
    }
    if count == 0 { io.conditions?.waited(ms: timeoutMs) }
    return count
  }

  func position(_ index: Int) -> Int64 { next[index] }

  func waitsForOpenTransaction(_ index: Int) -> Bool { next[index] < bounds[index].highWatermark }

  func close() {}
}

final class MemoryGlobalReader: GlobalTopicReader {
  private let io: MemoryIO
  private var next: [TopicPartition: Int64] = [:]

  init(_ io: MemoryIO) { self.io = io }

  func catchUp(_ body: (Int, UnsafeRawBufferPointer?, UnsafeRawBufferPointer?) throws -> Void) throws -> Bool {
    try io.reach(.globalRead)
    for (index, topic) in io.topology.globalTopics.enumerated() {
      for partition in 0..<Int32(io.log.partitionCount) {
        let place = TopicPartition(topic: topic, partition: partition)
        while let (record, offset) = io.log.read(place, from: next[place] ?? 0) {
          next[place] = offset + 1
          try (record.key ?? []).withUnsafeBytes { key in
            if let value = record.value {
              try value.withUnsafeBytes { try body(index, key, $0) }
            } else {
              try body(index, key, nil)
            }
          }
        }
      }
    }
    return true
  }

  func startOver() { next = [:] }

  func close() {}
}
