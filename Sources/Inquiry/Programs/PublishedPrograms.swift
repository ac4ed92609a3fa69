import Contracts
import JSON
import Kafka
import Loyalty

/// The programme documents on `loyalty.programs`, the last of each key.
package enum PublishedPrograms {
  /// The calendar of each programme, as its latest version has it.
  package static func calendars(_ cluster: Cluster) throws -> [String: ZoneCalendar] {
    var catalog = ProgramCatalog()
    // `programs list` tells of those that are not valid.
    for document in try read(cluster).values {
      if let program = try? ProgramDocument.decode(document) { catalog.insert(program) }
    }
    return Dictionary(
      uniqueKeysWithValues: catalog.programIds.compactMap { id in
        catalog.versions(of: id).last.map { (id, $0.calendar) }
      })
  }

  /// Key → document as published, by key.
  package static func read(_ cluster: Cluster) throws -> [String: [UInt8]] {
    let count = try cluster.partitionCount(of: .programs)
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    var documents: [String: [UInt8]] = [:]
    try reader.read(try reader.ranges(of: Topic.programs.name, partitionCount: count)) { message in
      let key = String(decoding: message.key ?? .init(start: nil, count: 0), as: UTF8.self)
      documents[key] = message.value.flatMap { $0.isEmpty ? nil : Array($0) }
    }
    return documents
  }
}
