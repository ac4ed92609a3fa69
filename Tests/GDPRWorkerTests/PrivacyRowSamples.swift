import Contracts
import GDPRWorker
import GoldenRowChecks
import Loyalty

extension RowSamples {
  static func gdprWorker() throws -> [RowSample] {
    let parts =
      [Service.transactionIngest, .pointsEngine, .tierEvaluator, .notifier, .gdprWorker].enumerated().map {
        index, service in
        RequestRow.Part(service: service, partition: Int32(index), done: .init(rowsErased: 3, at: instant(2)))
      } + [RequestRow.Part(service: .notifier, partition: 7, done: nil)]
    let open = try PrivacyRequest.Kind.allCases.map { kind in
      try RowSample(
        "requests", "open \(kind.rawValue)", "G-\(kind.rawValue)",
        RequestRow(
          kind: kind, requestedAt: instant(1),
          state: .open(memberId: "M-1", parts: kind == .erasure ? parts : [], overdueAt: instant(30))))
    }
    return try open + [
      RowSample(
        "requests", "closed", "G-0", RequestRow(kind: .erasure, requestedAt: instant(1), state: .closed(at: instant(3)))
      )
    ]
  }
}
