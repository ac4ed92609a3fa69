// swift-tools-version: 6.2
import PackageDescription

/// The arrows between targets are part of the design: `Tests/TidyTests` refuses any other import.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  // Hot code crosses targets (JSON → Contracts → services): without this nothing of it is inlined or specialised there.
  // Exclusive access is checked at run time in debug builds, those of the sanitizers among them; here it would cost a
  // tenth.
  .unsafeFlags(
    ["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// What the stream thread allocates librdkafka's threads free, a dozen times a record: jemalloc keeps such threads out of
/// each other's way. A sanitizer brings an allocator of its own.
let allocator: [LinkerSetting] =
  Context.environment["STAMPEDE_SANITIZER"] == nil ? [.linkedLibrary("jemalloc")] : []

func service(_ name: String, _ extra: [Target.Dependency] = []) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["ServiceDomain", "Contracts", "Loyalty", "StreamRuntime", "StreamKafka", "ServiceKit", "JSON"]
      + extra,
    swiftSettings: settings,
    linkerSettings: allocator)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func serviceTests(_ service: String, _ extra: [Target.Dependency] = []) -> Target {
  tests(
    "\(service)Tests",
    [
      .byName(name: service), "ServiceDomain", "Contracts", "Loyalty", "JSON", "StreamRuntime", "StreamTesting",
      "GoldenRowChecks", "TestValues",
    ] + extra)
}

let package = Package(
  name: "stampede",
  products: [
    .executable(name: "transaction-ingest", targets: ["TransactionIngest"]),
    .executable(name: "points-engine", targets: ["PointsEngine"]),
    .executable(name: "tier-evaluator", targets: ["TierEvaluator"]),
    .executable(name: "notifier", targets: ["Notifier"]),
    .executable(name: "gdpr-worker", targets: ["GDPRWorker"]),
    .executable(name: "reward-engine", targets: ["RewardEngine"]),
    .executable(name: "notifier-web", targets: ["NotifierWeb"]),
    .executable(name: "loyalty", targets: ["LoyaltyCLI"]),
  ],
  targets: [
    .systemLibrary(name: "CRDKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    library("JSON"),
    library("Kafka", ["CRDKafka"]),
    library("SQLite", ["CSQLite"]),
    library("Curl", ["CCurl"]),
    library("Partitioning"),
    library("Signing", ["CSodium", "COpenSSL"]),
    library("StreamRuntime", ["Partitioning"]),
    library("StreamKafka", ["StreamRuntime", "Kafka", "SQLite", "Threads"]),
    library("StreamTesting", ["StreamRuntime", "Partitioning"]),
    library("Loyalty"),
    library("Rewards", ["Loyalty"]),
    library("Contracts", ["CIDN2", "Loyalty", "Rewards", "JSON"]),
    .target(
      name: "Messages", dependencies: ["Contracts", "Loyalty", "JSON"],
      resources: [.embedInCode("Shipped/Documents")], swiftSettings: settings),
    library("ServiceDomain", ["CSodium", "Signing", "Contracts", "Loyalty", "Messages", "StreamRuntime", "JSON"]),
    library("Inquiry", ["Contracts", "Loyalty", "Partitioning", "Kafka", "JSON"]),
    library("Providers", ["JSON"]),
    library("Partners", ["Signing", "Loyalty", "JSON"]),
    library("MessageFeedback", ["Signing", "Providers", "Contracts", "Loyalty", "JSON"]),
    library("Threads"),
    library("HTTP", ["CMicroHTTPD", "Threads"]),
    library("ServiceKit", ["HTTP", "Threads", "StreamRuntime", "StreamKafka", "Kafka"]),

    service("TransactionIngest"),
    service("PointsEngine"),
    service("TierEvaluator"),
    service("Notifier", ["Curl", "Messages", "MessageFeedback", "Providers", "Threads", "Signing"]),
    service("GDPRWorker"),
    service("RewardEngine", ["Rewards", "Partners", "Curl", "Threads", "Signing"]),
    .executableTarget(
      name: "NotifierWeb",
      dependencies: [
        "ServiceDomain", "ServiceKit", "HTTP", "Threads", "Kafka", "Signing", "MessageFeedback", "Contracts", "Loyalty",
        "JSON", "Curl",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "LoyaltyCLI",
      dependencies: [
        "Inquiry", "Contracts", "Loyalty", "Rewards", "Messages", "MessageFeedback", "Providers", "Partners",
        "Partitioning", "Kafka", "JSON", "ServiceKit", "Signing", "Curl",
      ],
      swiftSettings: settings),

    .executableTarget(
      name: "StopSignalProbe", dependencies: ["ServiceKit", "Threads"], path: "Tests/StopSignalProbe",
      swiftSettings: settings),
    .executableTarget(
      name: "TrapWorker", dependencies: ["ServiceKit", "StreamRuntime", "StreamTesting"], path: "Tests/TrapWorker",
      swiftSettings: settings),
    .executableTarget(
      name: "Simulate", dependencies: ["StreamTesting"], path: "Tests/Simulate", exclude: ["README.md"],
      swiftSettings: settings),
    tests("TidyTests"),
    tests("StreamRuntimeTests", ["StreamRuntime", "StreamTesting", "Partitioning", "Simulate"]),
    tests(
      "StreamKafkaTests",
      [
        "StreamKafka", "StreamRuntime", "StreamTesting", "Partitioning", "Kafka", "SQLite", "TestValues", "TestThreads",
        "MockCluster",
      ]),
    tests("ConformanceTests", ["StreamKafka", "StreamRuntime", "StreamTesting", "Kafka", "TestThreads", "TestTopics"]),
    tests("SQLiteTests", ["SQLite"]),
    tests("KafkaTests", ["Kafka", "TestThreads", "TestTopics", "MockCluster"]),
    tests("JSONTests", ["JSON", "TestValues"]),
    tests("ContractsTests", ["Contracts", "JSON", "Loyalty", "Rewards", "TestValues"]),
    .target(name: "TestServers", path: "Tests/TestServers", swiftSettings: settings),
    .target(name: "MockCluster", dependencies: ["CRDKafka"], path: "Tests/MockCluster", swiftSettings: settings),
    .target(name: "TestTopics", dependencies: ["Kafka"], path: "Tests/TestTopics", swiftSettings: settings),
    .target(name: "TestThreads", path: "Tests/TestThreads", swiftSettings: settings),
    .target(
      name: "TestValues", dependencies: ["Contracts", "Loyalty", "JSON"], path: "Tests/TestValues",
      swiftSettings: settings),
    tests("CurlTests", ["Curl", "TestServers"], exclude: ["Servers"]),
    tests("ThreadsTests", ["Threads"]),
    tests("HTTPTests", ["HTTP", "Curl", "Threads"]),
    tests("ServiceKitTests", ["ServiceKit", "HTTP", "Kafka", "Threads", "StopSignalProbe"]),
    tests(
      "LoyaltyCLITests",
      ["LoyaltyCLI", "Inquiry", "Contracts", "Loyalty", "Rewards", "Kafka", "JSON", "ServiceKit", "Signing"]),
    tests(
      "InquiryTests",
      ["Inquiry", "Contracts", "Loyalty", "Rewards", "Kafka", "JSON", "StreamTesting", "TestThreads", "TestTopics"]),
    .target(
      name: "GoldenRowChecks", dependencies: ["ServiceDomain", "Contracts", "Loyalty", "StreamRuntime", "TestValues"],
      path: "Tests/GoldenRowChecks", swiftSettings: settings),
    tests("LoyaltyTests", ["Loyalty", "TestValues"]),
    tests("MessagesTests", ["Messages", "Contracts", "JSON", "Loyalty", "TestValues"]),
    tests("RewardsTests", ["Rewards", "Loyalty", "Signing", "TestValues"], exclude: ["Golden"]),
    .target(name: "TestKeys", path: "Tests/TestKeys", swiftSettings: settings),
    tests("SigningTests", ["Signing", "TestKeys"]),
    tests(
      "PartnersTests", ["Partners", "Signing", "Curl", "Loyalty", "JSON", "TestServers"], exclude: ["Servers", "Keys"]),
    tests(
      "MessageFeedbackTests", ["MessageFeedback", "Signing", "TestKeys", "Contracts", "Loyalty", "JSON", "TestValues"]),
    tests("ProvidersTests", ["Providers", "MessageFeedback", "JSON"]),
    tests("ServiceDomainTests", ["ServiceDomain", "Contracts", "Loyalty", "StreamRuntime", "StreamTesting"]),
    serviceTests("TransactionIngest"),
    serviceTests("PointsEngine", ["Signing"]),
    serviceTests("TierEvaluator", ["Signing"]),
    serviceTests(
      "Notifier",
      [
        "Curl", "Messages", "MessageFeedback", "Providers", "ServiceKit", "Signing", "TestKeys", "TestServers",
        "Threads",
      ]),
    tests(
      "NotifierWebTests",
      [
        "NotifierWeb", "ServiceDomain", "ServiceKit", "HTTP", "Kafka", "Signing", "MessageFeedback", "Contracts",
        "Loyalty",
        "JSON", "TestValues", "TestKeys",
      ]),
    serviceTests("GDPRWorker"),
    serviceTests("RewardEngine", ["Rewards", "Partners", "ServiceKit", "Signing"]),
  ]
)
