import Contracts
import Inquiry
import JSON

/// What publishing the document of a reward, a pool or a partner would do, found out before anything is written.
package struct DocumentPlan<Document: VersionedDocument> {
  package let document: Document
  package let outcome: Outcome
  /// What counts now, where the document takes its place; nil: it does not, or nothing does.
  package let takesOverFrom: Document?
  /// The version that goes on counting in place of this one; nil: this one will count.
  package let standsBehind: Int64?

  package enum Outcome: Equatable {
    /// Word for word.
    case alreadyPublished
    /// The same version is published with other words, and was no draft.
    case needsReplace(DocumentDiff)
    case first
    case changes(version: Int64, DocumentDiff)
  }

  package init(
    _ document: Document, _ value: JSONValue, against published: PublishedDocuments<Document>, replaces: Bool
  ) throws {
    self.document = document
    let current = published.catalog[document.id]
    let counts = document.status != .draft && document.version >= current?.version ?? 0
    takesOverFrom = counts ? current : nil
    standsBehind = counts ? nil : current?.version
    let same = published.catalog.version(document.version, of: document.id)
    guard let before = same ?? current, let text = try published.value(of: before) else {
      outcome = .first
      return
    }
    let diff = DocumentDiff(from: text, to: value)
    if same == nil || replaces && !diff.isEmpty || before.status == .draft && !diff.isEmpty {
      outcome = .changes(version: before.version, diff)
    } else {
      outcome = diff.isEmpty ? .alreadyPublished : .needsReplace(diff)
    }
  }

  /// Members may have been shown what it replaces.
  package var needsConsent: Bool { takesOverFrom?.status == .active }

  /// What a person reads before it is published.
  package var text: String {
    switch outcome {
    case .alreadyPublished: "\(document.title) is published already"
    case .needsReplace(let diff):
      "\(document.title) is published already with other words:\n\(diff.text(indent: "  "))"
    case .first: told("\(document.title) is the first of its id, \(document.status.rawValue)")
    case .changes(let version, let diff):
      told("\(document.title), \(document.status.rawValue), against version \(version):\n\(diff.text(indent: "  "))")
    }
  }

  private func told(_ rules: String) -> String { ([rules] + sentences.map { "  " + $0 }).joined(separator: "\n") }

  package var sentences: [String] {
    if document.status == .draft { return ["It is a draft: it counts for nobody."] }
    if let standsBehind { return ["It counts for nobody: version \(standsBehind) is higher."] }
    guard let takesOverFrom, takesOverFrom.version != document.version else {
      return document.status == .active ? ["It counts as soon as it is published."] : []
    }
    return ["It counts as soon as it is published, instead of version \(takesOverFrom.version)."]
  }
}
