import JSON

/// One topic as code: the content of a file in `topics/`.
package struct TopicSpec: Equatable, Sendable {
  package var name: String
  package var description: String
  /// What the key is, in words.
  package var key: String
  package var partitions: Partitions
  /// Topic settings under Kafka's names, in the file's order.
  package var config: [Setting]
  /// The JSON Schema of the values, relative to `topics/`; nil where they are not JSON.
  package var schema: String?

  package enum Partitions: Equatable, Sendable {
    /// As many as every other topic that is partitioned by member; chosen once per installation.
    case members
    case count(Int)
  }

  package struct Setting: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Where a topic file is wrong: a JSON path and a sentence.
  package struct FileError: Error, Equatable, CustomStringConvertible {
    package var path: String
    package var message: String

    package var description: String { "\(path): \(message)" }
  }

  package init(
    name: String, description: String, key: String, partitions: Partitions, config: [Setting], schema: String? = nil
  ) {
    self.name = name
    self.description = description
    self.key = key
    self.partitions = partitions
    self.config = config
    self.schema = schema
  }

  /// As librdkafka calls Java's own. It stands in the files of topics by member, for those who write and read them.
  private static let partitioner = "murmur2_random"

  /// Reads a topic file. Unknown fields are errors.
  package init(parsing bytes: [UInt8]) throws(FileError) {
    let document: JSONNode
    do throws(JSONError) {
      document = JSONNode(try JSONValue(parsing: bytes))
    } catch {
      throw FileError(path: error.path, message: error.message)
    }
    guard let members = document.members else { throw FileError(path: "$", message: "expected an object") }
    let known = ["name", "description", "key", "partitioner", "partitions", "config", "schema"]
    for member in members where !known.contains(member.key) {
      throw FileError(
        path: member.node.path, message: "is not a field of a topic file (\(known.joined(separator: ", ")))")
    }
    name = try Self.text("name", of: document)
    description = try Self.text("description", of: document)
    key = try Self.text("key", of: document)
    if let node = document["partitioner"], node.string != Self.partitioner {
      throw FileError(path: node.path, message: "must be \"\(Self.partitioner)\", by which every program partitions")
    }
    partitions = try Self.partitions(of: document)
    config = try Self.config(of: document)
    if let node = document["schema"] {
      guard let text = node.string else { throw FileError(path: node.path, message: "must be a file name") }
      schema = text
    }
  }

  private static func text(_ name: String, of document: JSONNode) throws(FileError) -> String {
    guard let text = document[name]?.string, !text.isEmpty else {
      throw FileError(path: "$.\(name)", message: "must be a text that is not empty")
    }
    return text
  }

  private static func partitions(of document: JSONNode) throws(FileError) -> Partitions {
    let node = document["partitions"]
    if node?.string == "members" { return .members }
    guard let count = node?.integer, (1...10_000).contains(count) else {
      throw FileError(path: "$.partitions", message: "must be a number from 1 to 10000, or \"members\"")
    }
    return .count(Int(count))
  }

  private static func config(of document: JSONNode) throws(FileError) -> [Setting] {
    guard let members = document["config"]?.members else {
      throw FileError(path: "$.config", message: "must be an object of topic settings")
    }
    var settings: [Setting] = []
    for (name, node) in members {
      guard let value = node.string else {
        throw FileError(path: node.path, message: "must be a text, as Kafka has it")
      }
      settings.append(Setting(name, value))
    }
    return settings
  }
}
