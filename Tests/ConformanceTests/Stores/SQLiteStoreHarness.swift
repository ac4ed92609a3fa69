import Foundation
import StreamKafka
import StreamRuntime
import StreamTesting

final class SQLiteStoreHarness: StoreHarness {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stores-\(UUID().uuidString)")
  private let clock = ManualClock(1_000_000)
  private var number = 0
  private(set) var store: any StoreBackend

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    store = try Self.open(folder.appendingPathComponent("0.sqlite").path, clock)
  }

  private static func open(_ file: String, _ clock: ManualClock) throws -> SQLiteStoreBackend {
    try SQLiteStoreBackend(file: file, stores: ["rows", "others"], cacheKiB: 1_000) { clock.nowMs }
  }

  private var file: URL { folder.appendingPathComponent("\(number).sqlite") }

  func pass(ms: Int64) { clock.nowMs += ms }

  func reopen() throws {
    store.close()
    store = try Self.open(file.path, clock)
  }

  /// The files as the operating system has them while the store is open, in another place.
  func crash() throws {
    let left = file
    number += 1
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: left.path + suffix), to: URL(fileURLWithPath: file.path + suffix))
    }
    store.close()
    store = try Self.open(file.path, clock)
  }

  func openTwice() throws { try Self.open(file.path, clock).close() }

  func remove() throws {
    store.close()
    try FileManager.default.removeItem(at: folder)
  }
}
