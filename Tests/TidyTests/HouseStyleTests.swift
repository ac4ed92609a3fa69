import Foundation
import Testing

/// What can be held of the house style by reading the sources.
@Suite(.timeLimit(.minutes(10))) struct HouseStyleTests {
  private static let linesMax = 400
  /// Spelled apart, so that this file does not find itself.
  private static let leftovers = [
    "TO" + "DO", "FIX" + "ME", "XX" + "X:", "fatal" + "Error(", "try" + "!", "not " + "implemented",
  ]
  private static let vagueNames = ["Utils", "Helpers", "Common", "Manager"]

  private static func allSwiftFiles() throws -> [SourceTree.File] {
    try SourceTree.swiftFiles(in: "Sources") + SourceTree.swiftFiles(in: "Tests")
  }

  @Test func noFileIsLongerThanTheLimit() throws {
    for file in try Self.allSwiftFiles() {
      let count = try file.lines().count
      #expect(count <= Self.linesMax, "\(file.path) has \(count) lines: split it by concept")
    }
  }

  @Test func nothingIsLeftOver() throws {
    for file in try Self.allSwiftFiles() {
      for (index, line) in try file.lines().enumerated() {
        for word in Self.leftovers where line.contains(word) {
          Issue.record("\(file.path):\(index + 1) holds '\(word)'")
        }
      }
    }
  }

  /// What a service specialises for its own rows must be public: the compiler gives other modules the bodies of
  /// `@inlinable public` code only, and a store that is not specialised spends its time in generic metadata.
  private static let publicFiles: Set<String> = [
    "ByteBuffer", "Outbox", "ProcessorContext", "RowCoder", "Store", "StoreBackend", "StoreDefinition",
    "StoreRow",
  ]

  @Test func nothingIsPublicButWhatServicesSpecialise() throws {
    let specialised = Set(Self.publicFiles.map { "Sources/StreamRuntime/\($0).swift" })
    for file in try SourceTree.swiftFiles(in: "Sources") where !specialised.contains(file.path) {
      for (index, line) in try file.lines().enumerated() {
        let words = line.split(separator: " ")
        let isPublic =
          words.first == "public"
          || words.first == "open" && words.count > 1 && ["class", "var", "func"].contains(words[1])
        #expect(!isPublic, "\(file.path):\(index + 1): nothing here is a library product; use package")
      }
    }
  }

  @Test func everyUncheckedSendableHasItsProofAbove() throws {
    for file in try Self.allSwiftFiles() {
      let lines = try file.lines()
      for (index, line) in lines.enumerated() where line.contains("@unchecked " + "Sendable") && !line.contains("//") {
        let above = lines[max(0, index - 6)..<index]
        #expect(above.contains { $0.contains("//") }, "\(file.path):\(index + 1) says no proof")
      }
    }
  }

  @Test func filesAreNamedByWhatTheyHold() throws {
    for file in try Self.allSwiftFiles() {
      let name = file.path.split(separator: "/").last.map(String.init) ?? ""
      #expect(!Self.vagueNames.contains { name.contains($0) }, "\(file.path): name it by what it holds")
    }
  }

  /// Whatever reaches a broker has the operator's TLS, SASL and tuning: only `KafkaCluster` says where brokers are, and
  /// only `KafkaClient` makes a client.
  @Test func oneWayLeadsToACluster() throws {
    let brokers = ["Sources/Kafka/KafkaCluster.swift", "Sources/Kafka/KafkaClusterCheck.swift"]
    let told = "Sources/Kafka/Properties/KafkaPropertyTables.swift"
    for file in try SourceTree.swiftFiles(in: "Sources") {
      for (index, line) in try file.lines().enumerated() {
        if line.contains("rd_kafka_new(") {
          #expect(file.path == "Sources/Kafka/KafkaClient.swift", "\(file.path):\(index + 1) makes a client")
        }
        if line.contains("\"bootstrap.servers\"") {
          #expect(brokers.contains(file.path) || file.path == told, "\(file.path):\(index + 1) names brokers")
        }
      }
    }
  }
}
