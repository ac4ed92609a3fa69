import Contracts
import JSON
import Loyalty

/// What publishing a document would do, found out before anything is written.
package struct PublishPlan {
  package var program: Program
  package var document: JSONValue
  package var outcome: Outcome
  package var effects: PublishEffects

  package enum Outcome: Equatable {
    /// Published already, word for word.
    case alreadyPublished
    /// The same version is published with other rules: some purchases may have been rated by them.
    case needsReplace(DocumentDiff)
    /// Nothing of the programme was in force when this version takes effect.
    case first
    /// The version that it takes over from, and what it changes.
    case changes(version: Int, DocumentDiff)
  }

  /// - Parameters:
  ///   - published: the documents on `loyalty.programs`, by key; those that are not valid count for nothing.
  ///   - replaces: whether a version that is not a draft may be replaced.
  ///   - now: the workers' time, as far as it is known.
  /// - Throws: `ProgramRefused` with everything that is wrong with the document.
  package init(_ bytes: [UInt8], published: [String: [UInt8]], replaces: Bool, now: Instant? = nil) throws {
    program = try ProgramDocument.decode(bytes, isNew: true)
    document = try JSONValue(parsing: bytes)
    var versions: [Program] = []
    var documents: [Int: JSONValue] = [:]
    for (_, other) in published.sorted(by: { $0.key < $1.key }) {
      // `programs list` tells of those that are not valid.
      guard let known = try? ProgramDocument.decode(other), known.id == program.id else { continue }
      versions.append(known)
      documents[known.version] = try JSONValue(parsing: other)
    }
    let catalog = ProgramCatalog(versions)
    guard PublishedPrograms.have(roomFor: program, bytes, published) else {
      throw InquiryError.tooManyDocuments(
        documentsMax: ProgramCatalog.documentsMax, bytesMax: ProgramCatalog.documentBytesMax)
    }
    guard documents[program.version] != nil || documents.count < ProgramCatalog.versionsMax else {
      throw InquiryError.tooManyVersions(programId: program.id, versionsMax: ProgramCatalog.versionsMax)
    }
    effects = PublishEffects(of: program, published: catalog, now: now)
    if let same = catalog.version(of: program.id, number: program.version), let text = documents[program.version] {
      let diff = DocumentDiff(from: text, to: document)
      if diff.isEmpty {
        outcome = .alreadyPublished
      } else if replaces || same.status == .draft {
        outcome = .changes(version: same.version, diff)
      } else {
        outcome = .needsReplace(diff)
      }
    } else if let before = catalog.version(of: program.id, at: program.effectiveFrom),
      let text = documents[before.version]
    {
      outcome = .changes(version: before.version, DocumentDiff(from: text, to: document))
    } else {
      outcome = .first
    }
  }
}
