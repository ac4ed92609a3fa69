// A worker as the platform's are, around a service that counts records a key: for the system tests of what kills one.
// The value of a record says what becomes of the process that takes it: `trap` ends it by an illegal instruction,
// `wild` by a pointer to nowhere, `abort` by the C library. It is no part of the platform and is not shipped.
import Glibc
import ServiceKit
import StreamRuntime
import StreamTesting

enum Deadly: String {
  case trap, wild, abort

  /// The process ends here.
  func strike(_ length: Int) {
    switch self {
    case .trap: precondition(length < 0, "planted")
    case .wild: UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = length
    case .abort: Glibc.abort()
    }
  }
}

final class DeadlyProcessor: Processor {
  private let inner: any Processor

  init(_ inner: any Processor) { self.inner = inner }

  func process(_ record: InputRecord) throws {
    let value = record.value.map { String(decoding: $0, as: UTF8.self) } ?? ""
    if let deadly = Deadly(rawValue: value) { deadly.strike(value.utf8.count) }
    try inner.process(record)
  }

  func runTimers(upToMs nowMs: Int64, limit: Int) throws -> Int { try inner.runTimers(upToMs: nowMs, limit: limit) }
}

let counting = CountingTopology.named("trap-worker", prefix: "trap-worker.")
var topology = counting
topology.makeProcessor = { DeadlyProcessor(try counting.makeProcessor($0)) }
let deadly = topology

WorkerProcess.run("trap-worker", summary: "Counts records, and dies of some.") { _ in WorkerService(deadly) }
