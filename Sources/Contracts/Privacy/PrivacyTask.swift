import JSON
import Loyalty

/// What services must do for one request: the value of `privacy.tasks`.
///
/// One record tells every service that keeps its rows by member; it lies in the member's partition. A service whose
/// rows may lie anywhere gets one record in every partition. A service passes over tasks that do not name it.
package struct PrivacyTask: Equatable, Sendable {
  package var id: String
  package var kind: Kind
  package var requestId: String
  package var memberId: String
  package var services: [Service]
  package var occurredAt: Instant

  package enum Kind: String, CaseIterable, Sendable {
    case erase = "privacy.erase"
  }

  package init(
    id: String, kind: Kind, requestId: String, memberId: String, services: [Service], occurredAt: Instant
  ) {
    self.id = id
    self.kind = kind
    self.requestId = requestId
    self.memberId = memberId
    self.services = services
    self.occurredAt = occurredAt
  }

  package func isFor(_ service: Service) -> Bool { services.contains(service) }

  /// What `service` reports when the task is done.
  package func report(by service: Service, partition: Int32, rowsErased: Int, at: Instant) -> PrivacyReport {
    PrivacyReport(
      requestId: requestId, memberId: memberId, service: service, partition: partition, rowsErased: rowsErased,
      occurredAt: at)
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", kind.rawValue)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("requestId", requestId)
    writer.field("memberId", memberId)
    writer.key("services")
    writer.beginArray()
    for service in services { writer.string(service.rawValue) }
    writer.endArray()
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try PrivacyTask(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var id: String?
    var kind: Kind?
    var requestId: String?
    var memberId: String?
    var services: [Service]?
    var occurredAt: Instant?
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "type": kind = try reader.word(Kind.self)
      case "id": id = try reader.madeText()
      case "occurredAt": occurredAt = try reader.instant()
      case "requestId": requestId = try reader.id()
      case "memberId": memberId = try reader.id()
      case "services":
        var named: [Service] = []
        try reader.beginArray()
        // A service of a later release is none of this one's business.
        while try reader.nextElement() {
          if let service = Service(rawValue: try reader.string()) { named.append(service) }
        }
        services = named
      default: try reader.skipValue()
      }
    }
    self.init(
      id: try id.required("id", in: reader), kind: try kind.required("type", in: reader),
      requestId: try requestId.required("requestId", in: reader),
      memberId: try memberId.required("memberId", in: reader), services: try services.required("services", in: reader),
      occurredAt: try occurredAt.required("occurredAt", in: reader))
  }
}
