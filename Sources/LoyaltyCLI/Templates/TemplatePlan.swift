import Inquiry
import JSON
import Messages

/// What publishing a template document would do, found out before anything is written.
struct TemplatePlan {
  let file: TemplateFile
  let outcome: Outcome

  enum Outcome: Equatable {
    /// Published already, word for word.
    case alreadyPublished
    /// This version or a higher one is published; it says something else.
    case tooOld(latest: Int)
    /// Nothing of it was published: a template takes over from the shipped one or from that of all programmes.
    case first
    case changes(version: Int, DocumentDiff)
  }

  init(_ file: TemplateFile, against published: PublishedTemplates) throws {
    self.file = file
    let document = file.document
    guard let latest = published.catalog.latestVersion(of: document.id, programId: document.programId),
      let before = try published.value(of: latest)
    else {
      outcome = .first
      return
    }
    if let same = published.catalog.documents.first(where: { $0.key == document.key }),
      let value = try published.value(of: same), DocumentDiff(from: value, to: file.value).isEmpty
    {
      outcome = .alreadyPublished
    } else if document.version <= latest.version {
      outcome = .tooOld(latest: latest.version)
    } else {
      outcome = .changes(version: latest.version, DocumentDiff(from: before, to: file.value))
    }
  }

  var text: String {
    let title = file.document.title
    return switch outcome {
    case .alreadyPublished: "\(title) is published already"
    case .tooOld(let latest): "\(title) cannot be published: version \(latest) is, and versions only grow"
    case .first: "\(title) is the first of \(file.document.scopeTitle)"
    case .changes(let version, let diff): "\(title), against version \(version):\n\(diff.text(indent: "  "))"
    }
  }

  var isNew: Bool {
    switch outcome {
    case .first, .changes: true
    case .alreadyPublished, .tooOld: false
    }
  }

  func json(isPublished: Bool) -> JSONValue {
    .fields([
      "id": .string(file.document.id), "programId": file.document.programId.map { .string($0) },
      "version": .count(file.document.version), "published": .bool(isPublished),
      "changes": isNew ? .array(differences) : nil, "remarks": .array(remarks(.plain).map { .string($0) }),
    ])
  }

  private var differences: [JSONValue] {
    guard case .changes(_, let diff) = outcome else { return [] }
    return diff.text(indent: "").split(separator: "\n").map { .string(String($0)) }
  }

  /// What its author may want to mend.
  func remarks(_ brand: Brand) -> [String] {
    guard case .template(let template) = file.document.content else { return [] }
    return TemplateLint(template, brand: brand, calendar: TemplateSample.calendar).remarks
  }
}
