import Foundation

/// The project's own files, read as text.
enum SourceTree {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  struct File {
    /// Below the project's root.
    let path: String

    func lines() throws -> [Substring] {
      let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
      return text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    func imports() throws -> Set<String> {
      Set(
        try lines().compactMap { line in
          let words = line.split(separator: " ")
          guard let index = words.firstIndex(of: "import"), index <= 1, words.count == index + 2 else { return nil }
          return String(words[index + 1])
        })
    }
  }

  static func swiftFiles(in folder: String) throws -> [File] { try files(in: folder, ending: [".swift"]) }

  static func files(in folder: String, ending suffixes: [String]) throws -> [File] {
    let base = root.appendingPathComponent(folder)
    guard let paths = FileManager.default.subpaths(atPath: base.path), !paths.isEmpty else {
      throw CocoaError(.fileNoSuchFile)
    }
    return paths.filter { path in suffixes.contains { path.hasSuffix($0) } }.sorted().map {
      File(path: "\(folder)/\($0)")
    }
  }

  static func entries(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
  }

  static func folders(in folder: String) throws -> [String] {
    try entries(in: folder).filter { name in
      var isFolder: ObjCBool = false
      let path = root.appendingPathComponent(folder).appendingPathComponent(name).path
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
  }
}
