import JSON
import Loyalty

/// That one task of one service is done in one of its partitions: the value of `privacy.reports`.
package struct PrivacyReport: Equatable, Sendable {
  package static let type: StaticString = "privacy.task.done"

  package var requestId: String
  package var memberId: String
  package var service: Service
  package var partition: Int32
  package var rowsErased: Int
  package var occurredAt: Instant

  package init(
    requestId: String, memberId: String, service: Service, partition: Int32, rowsErased: Int, occurredAt: Instant
  ) {
    self.requestId = requestId
    self.memberId = memberId
    self.service = service
    self.partition = partition
    self.rowsErased = rowsErased
    self.occurredAt = occurredAt
  }

  package var id: String { "\(requestId):\(service.rawValue):\(partition)" }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("requestId", requestId)
    writer.field("memberId", memberId)
    writer.field("service", service.rawValue)
    writer.field("partition", Int(partition))
    writer.field("rowsErased", rowsErased)
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try PrivacyReport(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var requestId: String?
    var memberId: String?
    var service: Service?
    var partition: Int32?
    var rowsErased: Int64?
    var occurredAt: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "occurredAt": occurredAt = try reader.instant()
      case "requestId": requestId = try reader.id()
      case "memberId": memberId = try reader.id()
      case "service": service = try reader.word(Service.self)
      case "partition":
        partition = Int32(exactly: try reader.count(atLeast: 0))
        if partition == nil { throw reader.violation(.invalidValue, "must be a partition number") }
      case "rowsErased": rowsErased = try reader.count(atLeast: 0)
      default: try reader.skipValue()
      }
    }
    self.init(
      requestId: try requestId.required("requestId", in: reader),
      memberId: try memberId.required("memberId", in: reader), service: try service.required("service", in: reader),
      partition: try partition.required("partition", in: reader),
      rowsErased: Int(try rowsErased.required("rowsErased", in: reader)),
      occurredAt: try occurredAt.required("occurredAt", in: reader))
  }
}
