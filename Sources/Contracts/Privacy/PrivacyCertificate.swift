import JSON
import Loyalty

/// How a request ended: the value of `privacy.certificates`. Holds no personal data, not even the member's id.
package struct PrivacyCertificate: Equatable, Sendable {
  package var requestId: String
  package var kind: PrivacyRequest.Kind
  package var requestedAt: Instant
  package var outcome: Outcome
  package var occurredAt: Instant

  package enum Outcome: Equatable, Sendable {
    /// Every service has reported.
    case completed([Part])
    /// A stable code and a sentence.
    case refused(code: String, message: String)
  }

  /// What one service did in one of its partitions.
  package struct Part: Equatable, Sendable {
    package var service: Service
    package var partition: Int32
    package var rowsErased: Int
    package var completedAt: Instant

    package init(service: Service, partition: Int32, rowsErased: Int, completedAt: Instant) {
      self.service = service
      self.partition = partition
      self.rowsErased = rowsErased
      self.completedAt = completedAt
    }
  }

  package init(
    requestId: String, kind: PrivacyRequest.Kind, requestedAt: Instant, outcome: Outcome, occurredAt: Instant
  ) {
    self.requestId = requestId
    self.kind = kind
    self.requestedAt = requestedAt
    self.outcome = outcome
    self.occurredAt = occurredAt
  }

  package var id: String { "\(requestId):certificate" }

  package var type: String {
    switch outcome {
    case .completed: "privacy.request.completed"
    case .refused: "privacy.request.refused"
    }
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("requestId", requestId)
    writer.field("requestType", kind.rawValue)
    writer.field("requestedAt", requestedAt)
    switch outcome {
    case .refused(let code, let message):
      writer.field("code", code)
      writer.field("message", message)
    case .completed(let parts):
      writer.field("rowsErased", parts.reduce(0) { $0 + $1.rowsErased })
      writer.key("services")
      writer.beginArray()
      for part in parts {
        writer.beginObject()
        writer.field("service", part.service.rawValue)
        writer.field("partition", Int(part.partition))
        writer.field("rowsErased", part.rowsErased)
        writer.field("completedAt", part.completedAt)
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try PrivacyCertificate(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var requestId: String?
    var kind: PrivacyRequest.Kind?
    var requestedAt: Instant?
    var occurredAt: Instant?
    var code: String?
    var message: String?
    var parts: [Part] = []
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "occurredAt": occurredAt = try reader.instant()
      case "requestId": requestId = try reader.id()
      case "requestType": kind = try reader.word(PrivacyRequest.Kind.self)
      case "requestedAt": requestedAt = try reader.instant()
      case "code": code = try reader.string()
      case "message": message = try reader.string()
      case "services":
        try reader.beginArray()
        while try reader.nextElement() { parts.append(try Part(reading: &reader)) }
      default: try reader.skipValue()
      }
    }
    let outcome: Outcome =
      if let code { .refused(code: code, message: message ?? "") } else { .completed(parts) }
    self.init(
      requestId: try requestId.required("requestId", in: reader), kind: try kind.required("requestType", in: reader),
      requestedAt: try requestedAt.required("requestedAt", in: reader), outcome: outcome,
      occurredAt: try occurredAt.required("occurredAt", in: reader))
  }
}

extension PrivacyCertificate.Part {
  fileprivate init(reading reader: inout JSONReader) throws {
    var service: Service?
    var partition: Int64?
    var rowsErased: Int64?
    var completedAt: Instant?
    try reader.beginObject()
    let offset = reader.lastOffset
    while let key = try reader.nextField() {
      switch key {
      case "service": service = try reader.word(Service.self)
      case "partition": partition = try reader.count(atLeast: 0)
      case "rowsErased": rowsErased = try reader.count(atLeast: 0)
      case "completedAt": completedAt = try reader.instant()
      default: try reader.skipValue()
      }
    }
    self.init(
      service: try service.required("service", in: reader, at: offset),
      partition: Int32(truncatingIfNeeded: try partition.required("partition", in: reader, at: offset)),
      rowsErased: Int(try rowsErased.required("rowsErased", in: reader, at: offset)),
      completedAt: try completedAt.required("completedAt", in: reader, at: offset))
  }
}
