import Contracts
import Messages
import ServiceDomain
import StreamRuntime

/// The templates and brands as `loyalty.templates` holds them now.
final class TemplateShelf: Shelf {
  private(set) var catalog = TemplateCatalog()
  private let table: GlobalTable
  private var version = 0
  private var held: [[UInt8]: TemplateLibrary.Document] = [:]

  init(_ context: ProcessorContext) { table = context.global(Topic.templates.name) }

  /// Takes in what was published since the last call, and only that.
  func refresh() {
    let latest = table.version
    guard latest != version else { return }
    table.forEachChange(after: version, startingOver: { held = [:] }) { key, bytes in
      held[Array(key)] = bytes.map { TemplateLibrary.shared.document($0).document }
    }
    version = latest
    // Under another key than its own a document was published by no command.
    catalog = TemplateCatalog(
      held.compactMap { key, held in held.value.flatMap { Array($0.key.utf8) == key ? $0 : nil } })
  }
}
