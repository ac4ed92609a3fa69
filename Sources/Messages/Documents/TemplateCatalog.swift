/// Every template and brand that is published, and which of them counts.
package struct TemplateCatalog: Sendable {
  /// Documents that count, and their bytes with those of their keys. Of more those with the highest versions are left
  /// out, in whatever order they were published, so that all who read them agree.
  package static let documentsMax = 5_000
  package static let documentBytesMax = 32 << 20

  private struct Scope: Hashable {
    var id: String
    var programId: String?
  }

  private var versions: [Scope: [Int: TemplateDocument]] = [:]
  /// By scope, the highest version.
  private var latest: [Scope: TemplateDocument] = [:]

  package init(_ documents: some Sequence<TemplateDocument> = EmptyCollection()) {
    for document in documents {
      let scope = Scope(id: document.id, programId: document.programId)
      versions[scope, default: [:]][document.version] = document
      if latest[scope].map({ $0.version <= document.version }) ?? true { latest[scope] = document }
    }
  }

  /// The template that a message goes by: the programme's own, else the one of all programmes, else the shipped one;
  /// of each the highest version.
  package func template(_ id: String, for programId: String) -> MessageTemplate? {
    for scope in [Scope(id: id, programId: programId), Scope(id: id)] {
      if case .template(let template)? = latest[scope]?.content { return template }
    }
    return ShippedTemplates.template(id)
  }

  /// A version that was published; of a programme, or of all.
  package func version(_ number: Int, of id: String, programId: String?) -> MessageTemplate? {
    guard case .template(let template)? = versions[Scope(id: id, programId: programId)]?[number]?.content else {
      return nil
    }
    return template
  }

  package func brand(of programId: String) -> Brand {
    for scope in [Scope(id: TemplateDocument.brandId, programId: programId), Scope(id: TemplateDocument.brandId)] {
      if case .brand(let brand)? = latest[scope]?.content { return brand }
    }
    return .plain
  }

  /// The highest version published of a template or brand.
  package func latestVersion(of id: String, programId: String?) -> TemplateDocument? {
    latest[Scope(id: id, programId: programId)]
  }

  /// All documents, by id, programme and version.
  package var documents: [TemplateDocument] {
    versions.values.joined().map(\.value).sorted {
      ($0.id, $0.programId ?? "", $0.version) < ($1.id, $1.programId ?? "", $1.version)
    }
  }
}
