import StreamRuntime
import StreamTesting

final class MemoryStoreHarness: StoreHarness {
  private let log = MemoryLog(partitionCount: 1)
  private let group = MemoryGroup(name: "rows")
  private let disk = MemoryDisk()
  private var io: MemoryIO
  private(set) var store: any StoreBackend

  init() throws {
    io = Self.process(log, group, disk)
    store = try io.storeBackend(partition: 0)
  }

  private static func process(_ log: MemoryLog, _ group: MemoryGroup, _ disk: MemoryDisk) -> MemoryIO {
    let topology = Topology(
      service: "rows", inputTopics: [],
      stores: ["rows", "others"].map(CountingTopology.store), outputTopics: [],
      makeProcessor: CountingTopology.topology.makeProcessor)
    return MemoryIO(log: log, group: group, topology: topology, disk: disk, transactionalId: "rows-0-0", nowMs: { 0 })
  }

  func pass(ms: Int64) {}

  func reopen() throws {
    store.close()
    store = try io.storeBackend(partition: 0)
  }

  func crash() throws {
    io.die()
    io = Self.process(log, group, disk)
    store = try io.storeBackend(partition: 0)
  }

  func openTwice() throws { try io.storeBackend(partition: 0).close() }

  func remove() throws { store.close() }
}
