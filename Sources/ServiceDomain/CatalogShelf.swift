import Contracts
import StreamRuntime

/// The documents of rewards of this process.
package enum RewardLibrary {
  package static let shared = DocumentLibrary<RewardDocument, ProgramRefused>(ofVersions: RewardDocument.self)
}

/// Those of pools of vouchers.
package enum VoucherPoolLibrary {
  package static let shared = DocumentLibrary<VoucherPoolDocument, ProgramRefused>(
    ofVersions: VoucherPoolDocument.self)
}

/// Those of partners.
package enum PartnerLibrary {
  package static let shared = DocumentLibrary<PartnerDocument, ProgramRefused>(ofVersions: PartnerDocument.self)
}

extension DocumentLibrary where Value: VersionedDocument, Refusal == ProgramRefused {
  fileprivate convenience init(ofVersions: Value.Type) {
    self.init { bytes in
      Result { () throws(ProgramRefused) in try Value(Array(bytes)) }
    }
  }
}

/// Rewards, pools or partners as their topic, a global one of the service, holds them now.
package final class CatalogShelf<Document: VersionedDocument>: Shelf {
  package private(set) var catalog = DocumentCatalog<Document>()
  private let table: GlobalTable
  private let library: DocumentLibrary<Document, ProgramRefused>
  private var version = 0
  private var held: [[UInt8]: DocumentLibrary<Document, ProgramRefused>.Document] = [:]

  package init(_ context: ProcessorContext, _ library: DocumentLibrary<Document, ProgramRefused>) {
    table = context.global(Document.topic.name)
    self.library = library
  }

  /// Takes in what was published since the last call, and only that.
  package func refresh() {
    let latest = table.version
    guard latest != version else { return }
    table.forEachChange(after: version, startingOver: { held = [:] }) { key, bytes in
      held[Array(key)] = bytes.map { library.document($0).document }
    }
    version = latest
    // Under another key than its own a document was published by no command.
    catalog = DocumentCatalog(
      held.compactMap { key, held in held.value.flatMap { Array($0.key.utf8) == key ? $0 : nil } })
  }
}
