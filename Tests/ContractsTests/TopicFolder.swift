import Contracts
import Foundation
import JSON

/// The project's `topics/` folder.
enum TopicFolder {
  static let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "topics")

  /// File name without `.json` → content, of the JSON files in one folder below `topics/`, or in itself.
  static func files(in folder: String = "") throws -> [String: [UInt8]] {
    let directory = folder.isEmpty ? url : url.appending(path: folder)
    var files: [String: [UInt8]] = [:]
    for file in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
    where file.pathExtension == "json" && file.lastPathComponent != "asyncapi.json" {
      files[file.deletingPathExtension().lastPathComponent] = Array(try Data(contentsOf: file))
    }
    return files
  }

  /// Topic name → content, of every topic: `topics/` holds what several write, a service's folder what it alone does.
  static func topics() throws -> [String: [UInt8]] {
    try Service.allCases.reduce(into: files()) { topics, service in
      topics.merge(try files(in: service.name)) { _, twice in twice }
    }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: url.appending(path: path), encoding: .utf8)
  }

  static func examples(of schema: String) throws -> [JSONValue] {
    let file = try files(in: "schemas")["\(schema).schema"]
    return try JSONValue(parsing: file ?? [])["examples"]?.elements ?? []
  }
}
