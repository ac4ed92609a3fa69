import Contracts
import Foundation
import ServiceKit

/// The folder `topics/`: one JSON file a topic. What one service alone writes lies in a folder of its name.
package enum TopicFiles {
  /// Describes all of them, and is made from them.
  private static let asyncAPI = "asyncapi.json"

  /// Every topic described in the folder. Throws one failure that names every bad file.
  package static func read(in folder: String) throws -> [TopicSpec] {
    guard FileManager.default.fileExists(atPath: folder) else {
      throw CommandFailure(
        "\(TerminalText.name(folder)): no such folder; --topics-dir names the one that holds the topic files")
    }
    let folders = [folder] + Service.allCases.map { "\(folder)/\($0.name)" }
    let files = try folders.filter { FileManager.default.fileExists(atPath: $0) }.flatMap(topicFiles)
    guard !files.isEmpty else { throw CommandFailure("\(TerminalText.name(folder)): holds no topic file (*.json)") }
    var specs: [TopicSpec] = []
    var problems: [String] = []
    for path in files {
      let file = TerminalText.name(path)
      guard let data = FileManager.default.contents(atPath: path) else {
        problems.append("\(file): cannot be read")
        continue
      }
      do throws(TopicSpec.FileError) {
        let spec = try TopicSpec(parsing: Array(data))
        if !file.hasSuffix("/\(spec.name).json") {
          problems.append("\(file): describes \(spec.name); name the file after its topic")
        } else if specs.contains(where: { $0.name == spec.name }) {
          problems.append("\(file): \(spec.name) is described twice")
        } else {
          specs.append(spec)
        }
      } catch {
        problems.append("\(file): \(error)")
      }
    }
    guard problems.isEmpty else { throw CommandFailure(problems.joined(separator: "\n")) }
    return specs
  }

  private static func topicFiles(in folder: String) throws -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw CommandFailure("\(TerminalText.name(folder)): cannot be read as a folder: \(error.localizedDescription)")
    }
    return names.filter { $0.hasSuffix(".json") && $0 != asyncAPI }.sorted().map { "\(folder)/\($0)" }
  }
}
