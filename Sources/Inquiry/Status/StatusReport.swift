import Contracts
import JSON
import Kafka

/// The lag of each service, per input partition.
package struct StatusReport: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package var service: Service
    package var partitions: [PartitionLag]

    package init(service: Service, partitions: [PartitionLag]) {
      self.service = service
      self.partitions = partitions
    }

    package var lag: Int64 { partitions.reduce(0) { $0 + $1.records } }
    package var hasStarted: Bool { partitions.contains { $0.committed != nil } }
  }

  package var services: [Entry]

  package init(services: [Entry]) {
    self.services = services
  }

  package var json: JSONValue {
    .object([
      .init(
        "services",
        .array(
          services.map { entry in
            .object([
              .init("service", .string(entry.service.name)),
              .init("lag", .number("\(entry.lag)")),
              .init("partitions", .object(entry.partitions.map { .init($0.place.description, Self.json(of: $0)) })),
            ])
          }))
    ])
  }

  private static func json(of partition: PartitionLag) -> JSONValue {
    .object([
      .init("committed", partition.committed.map { .number("\($0)") } ?? .null),
      .init("end", .number("\(partition.end)")),
      .init("lag", .number("\(partition.records)")),
    ])
  }
}
