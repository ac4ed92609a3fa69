import Foundation
import Testing

/// The arrows between targets (what may import what), held by reading the sources.
@Suite(.timeLimit(.minutes(10))) struct ImportArrowTests {
  /// Modules of the system that any target may import, and those that only some may.
  private static let system: Set<String> = ["Foundation", "Dispatch", "Synchronization", "Glibc"]
  /// Any service may import these; one that may import more stands in ``allowed``.
  private static let service: Set<String> = [
    "ServiceDomain", "Contracts", "Loyalty", "StreamRuntime", "StreamKafka", "ServiceKit", "JSON",
  ]
  private static let allowed: [String: Set<String>] = [
    "JSON": [],
    "Kafka": ["CRDKafka"],
    "SQLite": ["CSQLite"],
    "Curl": ["CCurl"],
    "Partitioning": [],
    "Signing": ["CSodium", "COpenSSL"],
    "StreamRuntime": ["Partitioning"],
    "StreamKafka": ["StreamRuntime", "Kafka", "SQLite", "Threads"],
    "StreamTesting": ["StreamRuntime", "Partitioning"],
    "Loyalty": [],
    "Rewards": ["Loyalty"],
    "Contracts": ["CIDN2", "Loyalty", "Rewards", "JSON"],
    "Messages": ["Contracts", "Loyalty", "JSON"],
    "ServiceDomain": ["CSodium", "Signing", "Contracts", "Loyalty", "Messages", "StreamRuntime", "JSON"],
    "Inquiry": ["Contracts", "Loyalty", "Partitioning", "Kafka", "JSON"],
    "Providers": ["JSON"],
    "Partners": ["Signing", "Loyalty", "JSON"],
    "MessageFeedback": ["Signing", "Providers", "Contracts", "Loyalty", "JSON"],
    "Threads": [],
    "HTTP": ["CMicroHTTPD", "Threads"],
    "ServiceKit": ["HTTP", "Threads", "StreamRuntime", "StreamKafka", "Kafka"],
    "Notifier": service.union(["Curl", "Messages", "MessageFeedback", "Providers", "Threads", "Signing"]),
    "RewardEngine": service.union(["Rewards", "Partners", "Curl", "Threads", "Signing"]),
    "NotifierWeb": [
      "ServiceDomain", "ServiceKit", "HTTP", "Threads", "Kafka", "Signing", "MessageFeedback", "Contracts", "Loyalty",
      "JSON", "Curl",
    ],
    "LoyaltyCLI": [
      "Inquiry", "Contracts", "Loyalty", "Rewards", "Messages", "MessageFeedback", "Providers", "Partners",
      "Partitioning", "Kafka", "JSON", "ServiceKit", "Signing", "Curl",
    ],
  ]
  /// The domain and the hot codecs touch no clock, disk or network; Foundation only for what is named here.
  private static let withoutFoundation: Set<String> = ["JSON", "Partitioning", "StreamRuntime"]

  /// Those of ``allowed``, and of the services that `Package.swift` declares.
  private static func arrows() throws -> [String: Set<String>] {
    let services = try SourceTree.File(path: "Package.swift").lines().compactMap { line -> String? in
      let parts = line.split(separator: "\"")
      return parts.first == "    service(" ? String(parts[1]) : nil
    }
    return services.reduce(into: allowed) { arrows, name in arrows[name] = arrows[name] ?? service }
  }

  @Test func targetsImportOnlyWhatTheirArrowsAllow() throws {
    for (target, modules) in try Self.arrows() {
      let permitted = modules.union(Self.system)
      for file in try SourceTree.swiftFiles(in: "Sources/\(target)") {
        for module in try file.imports() where !permitted.contains(module) {
          Issue.record(
            "\(file.path) imports \(module): \(target) may import \(permitted.sorted().joined(separator: ", "))")
        }
      }
    }
  }

  @Test func runtimeAndCodecsDoNotImportFoundation() throws {
    for target in Self.withoutFoundation {
      for file in try SourceTree.swiftFiles(in: "Sources/\(target)") where try file.imports().contains("Foundation") {
        Issue.record("\(file.path) imports Foundation: \(target) runs on the hot path without it")
      }
    }
  }

  /// It answers programs, a REST service among them; what is printed or logged is theirs.
  @Test func inquiryWritesToNobodysConsole() throws {
    let words = ["print(", "debugPrint(", "dump(", "stdout", "stderr", "STDOUT", "STDERR", "FileHandle", "NSLog("]
    for file in try SourceTree.swiftFiles(in: "Sources/Inquiry") {
      for (index, line) in try file.lines().enumerated() {
        for word in words where line.contains(word) {
          Issue.record("\(file.path):\(index + 1) holds '\(word)': Inquiry answers with values and errors alone")
        }
      }
    }
  }

  @Test func everyTargetFolderHasItsArrow() throws {
    let folders = try SourceTree.folders(in: "Sources").filter {
      !["CRDKafka", "CSQLite", "CCurl", "CMicroHTTPD", "CIDN2", "CSodium", "COpenSSL"].contains($0)
    }
    #expect(Set(folders) == Set(try Self.arrows().keys))
  }

  @Test func systemLibraryTargetsHoldAModuleMapAndAShimOnly() throws {
    for target in ["CRDKafka", "CSQLite", "CCurl", "CMicroHTTPD", "CIDN2", "CSodium", "COpenSSL"] {
      #expect(try SourceTree.entries(in: "Sources/\(target)").sorted() == ["module.modulemap", "shim.h"])
    }
  }
}
