import Contracts
import JSON
import Kafka
import Loyalty

/// The programme documents on `loyalty.programs`, the last of each key.
package enum PublishedPrograms {
  /// What the workers go by of these documents, and why they leave the others out, by key. One bad document holds up
  /// nobody who reads programmes: `programs list` and `inbox` tell of it.
  package static func valid(_ documents: [String: [UInt8]]) -> (catalog: ProgramCatalog, refused: [String: String]) {
    var programs: [(key: String, program: Program, bytes: Int)] = []
    var refused: [String: String] = [:]
    for (key, bytes) in documents.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      do throws(ProgramRefused) {
        programs.append((key, try ProgramDocument.decode(bytes), key.utf8.count + bytes.count))
      } catch {
        refused[key] = error.description
      }
    }
    let fitting = ProgramCatalog.fitting(programs)
    let names = Set(fitting.map(\.key))
    for beyond in programs where !names.contains(beyond.key) {
      refused[beyond.key] = "the topic holds more than workers keep, and it takes effect after what they do"
    }
    return (ProgramCatalog(programs.filter { names.contains($0.key) }.map(\.program)), refused)
  }

  /// Whether workers keep a document beside those that are published; of one that it replaces, instead of that.
  static func have(roomFor program: Program, _ bytes: [UInt8], _ published: [String: [UInt8]]) -> Bool {
    let key = RecordKey.program(program.id, version: program.version)
    guard published[key] == nil || published[key]?.count ?? 0 < bytes.count else { return true }
    var count = 1
    var total = key.utf8.count + bytes.count
    for (other, document) in published where other != key && (try? ProgramDocument.decode(document)) != nil {
      count += 1
      total += other.utf8.count + document.count
    }
    return count <= ProgramCatalog.documentsMax && total <= ProgramCatalog.documentBytesMax
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
    try PublishedValues.read(.programs, cluster)
  }
}
