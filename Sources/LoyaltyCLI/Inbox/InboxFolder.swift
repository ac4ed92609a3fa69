import Contracts
import Foundation

/// A folder where shops drop files. One process works in it at a time. Whoever may drop files is not trusted further
/// than that: only regular files are looked at, no link is followed, and what a run must know lies elsewhere. One
/// thread; close it.
package final class InboxFolder {
  package let handle: FolderHandle
  package let state: InboxState
  /// What was told last of each file, so that a file that stays broken is told of once.
  private var told: [String: String] = [:]

  private static let endings = [".ndjson", ".jsonl", ".csv", ".ndjson.gz", ".jsonl.gz", ".csv.gz"]

  /// - Parameter stateDirectory: where it is kept how far each file has come.
  /// - Throws: `CommandFailure` where another process works in the folder.
  package init(_ path: String, stateDirectory: String, note: (String) -> Void) throws {
    let handle = try FolderHandle(path)
    guard flock(handle.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw CommandFailure("\(handle.shownPath): another `loyalty inbox` works in this folder")
    }
    self.handle = handle
    state = try InboxState(stateDirectory, of: handle, note: note)
  }

  /// Lets go of the folder. Calling it again does nothing.
  package func close() {
    handle.close()
    state.close()
  }

  /// What lies in the folder.
  package struct Contents: Equatable {
    /// Names of those to be taken, the oldest first, so that a correction comes after what it corrects.
    package var files: [String] = []
    /// What nobody reads, with the reason. It is not moved, so it is told until somebody takes it away.
    package var passedOver: [String] = []
  }

  /// - Parameter changedBefore: later ones may still be written to; nil takes all.
  package func contents(changedBefore limitS: Int64? = nil) throws -> Contents {
    let names = try handle.names()
    var contents = Contents()
    var files: [(name: String, modifiedS: Int64)] = []
    var identities: [FileIdentity] = []
    for name in names.sorted() where !Self.isNobodysPurchases(name) && !handle.isFolder(name) {
      let file = handle.shown(name)
      guard let identity = handle.identity(of: name) else {
        contents.passedOver.append("\(file): passed over: it is no regular file")
        continue
      }
      guard Self.endings.contains(where: { name.lowercased().hasSuffix($0) }) else {
        contents.passedOver.append("\(file): passed over: \(Self.whatIsTaken(instead: name))")
        continue
      }
      identities.append(identity)
      if let limitS, identity.modifiedS >= limitS { continue }
      files.append((name, identity.modifiedS))
    }
    try state.forget(except: identities)
    contents.files = files.sorted { ($0.modifiedS, $0.name) < ($1.modifiedS, $1.name) }.map(\.name)
    return contents
  }

  /// Hidden files, those that are still written under another name, and what this command writes itself.
  private static func isNobodysPurchases(_ name: String) -> Bool {
    name.hasPrefix(".") || name.lowercased().hasSuffix(".part") || name.hasSuffix(".result.ndjson")
  }

  private static func whatIsTaken(instead name: String) -> String {
    let name = name.lowercased()
    if [".xlsx", ".xls", ".ods"].contains(where: { name.hasSuffix($0) }) {
      return "save the spreadsheet as CSV, UTF-8"
    }
    if name.hasSuffix(".json") || name.hasSuffix(".json.gz") { return "write one event a line, as *.ndjson" }
    return "only *.ndjson, *.jsonl and *.csv are read, gzip too"
  }

  /// What a run through the folder came to.
  package struct Tally: Equatable {
    package var published = 0
    package var refused = 0
    /// Files that stay where they are: they cannot be read, or have not come to their end.
    package var staying = 0
    package var passedOver = 0

    package init(published: Int = 0, refused: Int = 0, staying: Int = 0, passedOver: Int = 0) {
      self.published = published
      self.refused = refused
      self.staying = staying
      self.passedOver = passedOver
    }

    /// For whoever runs it by a clock: all was taken (0), some was refused (4), or nothing was taken of what lay there.
    package var exitCode: ExitCode {
      if refused + staying + passedOver == 0 { .done } else { published == 0 ? .failed : .refused }
    }
  }

  /// Takes each file; whatever befalls one does not hold up the others. What nobody reads, and why a file cannot be
  /// read, is noted once.
  package func workThrough(
    _ contents: Contents, isStopping: () -> Bool, note: (String) -> Void,
    take: (_ name: String) throws -> InboxFile.Outcome
  ) -> Tally {
    let isThere = Set(contents.files + contents.passedOver)
    told = told.filter { isThere.contains($0.key) }
    var tally = Tally(passedOver: contents.passedOver.count)
    for text in contents.passedOver where told.updateValue(text, forKey: text) != text { note("loyalty: \(text)") }
    for file in contents.files {
      guard !isStopping() else {
        tally.staying += 1
        continue
      }
      do {
        switch try take(file) {
        case .done(let published, let refused):
          tally.published += published
          tally.refused += refused
        case .stopped, .changed: tally.staying += 1
        }
        told[file] = nil
      } catch {
        tally.staying += 1
        let text = "\(error)".hasPrefix(handle.shownPath) ? "\(error)" : "\(handle.shown(file)): \(error)"
        if told.updateValue(text, forKey: file) != text { note("loyalty: \(text)") }
      }
    }
    return tally
  }
}
