import Contracts
import JSON
import StreamRuntime

/// A row of the store `bundles`, under source and command: a till's command of several codes, until it is answered.
package struct BundleRow: StoreRow, Equatable {
  /// As the till sent it, JSON.
  package var command: String
  package var step: BundleMessage.Step
  /// What the codes' owners told of this step, by place, JSON; nil: nothing yet.
  package var told: [String?]

  package static let format: UInt8 = 1
  package var dueMs: Int64? { nil }

  package init(command: String, step: BundleMessage.Step, told: [String?]) {
    self.command = command
    self.step = step
    self.told = told
  }

  package func encode(to row: RowEncoder) {
    row.string(command)
    row.string(step.rawValue)
    row.list(told) { row.optionalString($0) }
  }

  package init(from row: inout RowDecoder) throws {
    self.init(command: try row.string(), step: try row.word(), told: try row.list { try $0.optionalString() })
  }
}
