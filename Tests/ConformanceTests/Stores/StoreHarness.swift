import StreamRuntime
import Testing

/// A store on one side of its port, which a test may close, kill and open again.
protocol StoreHarness: AnyObject {
  /// As it is open now.
  var store: any StoreBackend { get }
  /// Lets the store's clock go on.
  func pass(ms: Int64)
  /// Closes it in good order and opens it again.
  func reopen() throws
  /// Opens again what a process leaves that is killed.
  func crash() throws
  /// Opens it once more while it is open.
  func openTwice() throws
  /// Closes it and leaves nothing behind.
  func remove() throws
}

/// The sides of the port.
enum StoreSide: String, CaseIterable, CustomTestStringConvertible {
  case memory, sqlite

  var testDescription: String { rawValue }

  /// Runs `body` on a new store of two tables.
  func withStore(_ body: (any StoreHarness) throws -> Void) throws {
    let harness: any StoreHarness =
      switch self {
      case .memory: try MemoryStoreHarness()
      case .sqlite: try SQLiteStoreHarness()
      }
    do {
      try body(harness)
    } catch {
      try harness.remove()
      throw error
    }
    try harness.remove()
  }
}

/// Keys and rows as text.
extension StoreBackend {
  func put(_ key: String, _ row: String, table: Int = 0, due: Int64? = nil) throws {
    try Array(key.utf8).withUnsafeBytes { key in
      try Array(row.utf8).withUnsafeBytes { try put(table: table, key: key, image: $0, dueMs: due) }
    }
  }

  func remove(_ key: String, table: Int = 0) throws {
    try Array(key.utf8).withUnsafeBytes { try remove(table: table, key: $0) }
  }

  func get(_ key: String, table: Int = 0) throws -> String? {
    var row: String?
    try Array(key.utf8).withUnsafeBytes { key in try get(table: table, key: key) { row = $0.map { String($0) } } }
    return row
  }

  /// `key=row`, in the order delivered.
  func scan(_ prefix: String, table: Int = 0, after: String? = nil, limit: Int = .max) throws -> [String] {
    var found: [String] = []
    try Array(prefix.utf8).withUnsafeBytes { prefix in
      func scan(after: UnsafeRawBufferPointer?) throws {
        try self.scan(table: table, prefix: prefix, after: after, limit: limit) { key, row in
          found.append("\(String(key))=\(String(row))")
        }
      }
      guard let after else { return try scan(after: nil) }
      try Array(after.utf8).withUnsafeBytes { try scan(after: $0) }
    }
    return found
  }

  /// The keys, in the order delivered.
  func due(upTo ms: Int64, table: Int = 0, limit: Int = .max) throws -> [String] {
    var found: [String] = []
    try due(table: table, upToMs: ms, limit: limit) { key, _ in found.append(String(key)) }
    return found
  }

  func commit(at position: Int64) throws {
    try setPosition(table: 0, position)
    try commit()
  }
}

extension String {
  init(_ bytes: UnsafeRawBufferPointer) { self.init(decoding: bytes, as: UTF8.self) }
}
