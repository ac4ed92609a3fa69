import Contracts
import JSON
import Kafka
import Loyalty

/// The programme documents on `loyalty.programs`, the last of each key.
package enum PublishedPrograms {
  /// What the workers go by of these documents, and why they leave the others out, by key. One bad document holds up
  /// nobody who reads programmes: `programs list` and `inbox` tell of it.
  package static func valid(_ documents: [String: [UInt8]]) -> (catalog: ProgramCatalog, refused: [String: String]) {
    var programs: [Program] = []
    var refused: [String: String] = [:]
    for (key, bytes) in documents.sorted(by: { $0.key < $1.key }) {
      do throws(ProgramRefused) {
        programs.append(try ProgramDocument.decode(bytes))
      } catch {
        refused[key] = error.description
      }
    }
    return (ProgramCatalog(programs), refused)
  }

  /// The calendar of each programme, as its latest version has it.
  package static func calendars(_ cluster: Cluster) throws -> [String: ZoneCalendar] {
    let catalog = valid(try read(cluster)).catalog
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
