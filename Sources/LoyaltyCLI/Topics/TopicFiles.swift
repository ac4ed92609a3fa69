import Contracts
import Foundation

/// The folder `topics/`: one JSON file a topic.
enum TopicFiles {
  /// Describes all of them, and is made from them.
  private static let asyncAPI = "asyncapi.json"

  /// Every topic described in the folder. Throws one failure that names every bad file.
  static func read(in folder: String) throws -> [TopicSpec] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
        $0.hasSuffix(".json") && $0 != asyncAPI
      }.sorted()
    } catch {
      throw CommandFailure("\(folder): no such folder; --topics-dir names the one that holds the topic files")
    }
    guard !names.isEmpty else { throw CommandFailure("\(folder): holds no topic file (*.json)") }
    var specs: [TopicSpec] = []
    var problems: [String] = []
    for name in names {
      guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
        problems.append("\(folder)/\(name): cannot be read")
        continue
      }
      do throws(TopicSpec.FileError) {
        let spec = try TopicSpec(parsing: Array(data))
        if spec.name + ".json" == name {
          specs.append(spec)
        } else {
          problems.append("\(folder)/\(name): describes \(spec.name); name the file after its topic")
        }
      } catch {
        problems.append("\(folder)/\(name): \(error)")
      }
    }
    guard problems.isEmpty else { throw CommandFailure(problems.joined(separator: "\n")) }
    return specs
  }
}
