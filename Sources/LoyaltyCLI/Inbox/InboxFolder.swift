import Contracts
import Foundation

/// A folder where shops drop files. One process works in it at a time. Whoever may drop files is not trusted further
/// than that: only regular files are looked at, and no link is followed. One thread; close it.
package final class InboxFolder {
  private let path: String
  private var descriptor: Int32
  /// What was told last of each file, so that a file that stays broken is told of once.
  private var told: [String: String] = [:]

  private static let endings = [".ndjson", ".jsonl", ".csv", ".ndjson.gz", ".jsonl.gz", ".csv.gz"]

  /// - Throws: `CommandFailure` where another process works in the folder.
  package init(_ path: String) throws {
    self.path = path
    // Closed in children: the lock belongs to whoever holds the descriptor.
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CommandFailure("\(path): cannot be read: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close()
      throw CommandFailure("\(path): another `loyalty inbox` works in this folder")
    }
  }

  /// Lets go of the folder. Calling it again does nothing.
  package func close() {
    if descriptor >= 0 { Foundation.close(descriptor) }
    descriptor = -1
  }

  deinit { close() }

  /// The files to be taken, the oldest first, so that a correction comes after what it corrects.
  ///
  /// - Parameter changedBefore: later ones may still be written to; nil takes all.
  package func waiting(changedBefore limitS: Int64? = nil) throws -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw CommandFailure("\(path): cannot be read: \(error.localizedDescription)")
    }
    let files = names.filter { name in
      !name.hasPrefix(".") && !name.hasSuffix(".result.ndjson") && Self.endings.contains { name.hasSuffix($0) }
    }
    return files.map { "\(path)/\($0)" }.compactMap { file -> (String, Int64)? in
      // Gone meanwhile, or something that is not to be read, such as a link or a pipe.
      guard let identity = FileIdentity(path: file) else { return nil }
      if let limitS, identity.modifiedS >= limitS { return nil }
      return (file, identity.modifiedS)
    }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
  }

  /// Takes each file; whatever befalls one does not hold up the others.
  ///
  /// - Returns: how many failed and stay where they are.
  package func workThrough(
    _ files: [String], isStopping: () -> Bool, note: (String) -> Void, take: (_ file: String) throws -> Void
  ) -> Int {
    told = told.filter { files.contains($0.key) }
    var failed = 0
    for file in files where !isStopping() {
      do {
        try take(file)
        told[file] = nil
      } catch {
        failed += 1
        let text = "\(error)".hasPrefix(path) ? "\(error)" : "\(file): \(error)"
        if told.updateValue(text, forKey: file) != text { note("loyalty: \(text)") }
      }
    }
    return failed
  }
}
