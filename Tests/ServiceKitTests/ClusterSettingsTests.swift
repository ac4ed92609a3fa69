import Foundation
import Kafka
import ServiceKit
import Testing
import Threads

/// What an operator may say of Kafka's clients, and what is told of it when it is wrong. Needs no broker.
@Suite(.timeLimit(.minutes(10))) struct ClusterSettingsTests {
  private let command = CommandDeclaration("worker", summary: "does the work", settings: ClusterSettings.all)

  private func cluster(_ words: [String], _ environment: [String: String] = [:]) throws -> KafkaCluster {
    guard case .run(_, let settings) = try command.parse(words, environment: environment, version: "1") else {
      throw OSError(code: EINVAL, doing: "expecting a run")
    }
    return try ClusterSettings.cluster(settings)
  }

  private func problems(_ words: [String], _ environment: [String: String] = [:]) -> [String] {
    do {
      _ = try cluster(words, environment)
      return []
    } catch let error as ConfigurationError {
      return error.problems.map(\.description)
    } catch {
      return ["\(error)"]
    }
  }

  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "cluster-\(UUID().uuidString)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    try body(path)
  }

  // MARK: Text

  @Test func pairsMayHaveWhiteSpaceAroundThemAndCommasInValues() throws {
    let cluster = try cluster([
      "--kafka-properties", " socket.keepalive.enable = true , debug=broker,security,linger.ms=7,\nclient.rack=a,b\n",
    ])
    let settings = cluster.producer("p", [:])
    #expect(settings["socket.keepalive.enable"] == "true")
    #expect(settings["debug"] == "broker,security")
    #expect(settings["linger.ms"] == "7")
    #expect(settings["client.rack"] == "a,b")
  }

  @Test func aFileIsReadByLinesAndTheCommandLineWins() throws {
    let text = "# our brokers\nsecurity.protocol = sasl_plaintext\n\nsasl.mechanisms=PLAIN\r\nsasl.username=u\n"
    try withFile(text + "  sasl.password=a, b.c=d#e=  \nclient.rack=file\n") { path in
      let cluster = try cluster(
        ["--kafka-properties", "client.rack=line"], ["STAMPEDE_KAFKA_PROPERTIES_FILE": path])
      let settings = cluster.client("c")
      #expect(settings["sasl.password"] == "a, b.c=d#e=")
      #expect(settings["sasl.mechanisms"] == "PLAIN")
      #expect(settings["client.rack"] == "line")
    }
  }

  @Test func everyClientGetsWhatIsMeantForIt() throws {
    let cluster = try cluster([
      "--kafka-properties", "socket.timeout.ms=9000,fetch.min.bytes=7,linger.ms=8",
    ])
    let clients = [cluster.client("a"), cluster.reader("b", group: "g"), cluster.producer("c", [:])]
    #expect(clients.map { $0["socket.timeout.ms"] } == ["9000", "9000", "9000"])
    #expect(clients.map { $0["fetch.min.bytes"] } == [nil, "7", nil])
    #expect(clients.map { $0["linger.ms"] } == [nil, nil, "8"])
  }

  // MARK: Refusals

  @Test func whatExactlyOnceRestsOnIsRefusedByName() {
    let names = [
      "group.id", "group.instance.id", "client.id", "transactional.id", "isolation.level", "enable.auto.commit",
      "enable.auto.offset.store", "auto.offset.reset", "enable.idempotence", "acks", "partitioner", "retries",
      "max.in.flight", "enable.gapless.guarantee", "transaction.timeout.ms", "message.timeout.ms",
      "partition.assignment.strategy", "allow.auto.create.topics", "enable.partition.eof", "bootstrap.servers",
      "session.timeout.ms", "delivery.report.only.error",
    ]
    let found = problems(["--kafka-properties", names.map { "\($0)=1" }.joined(separator: ",")])
    #expect(found.count == names.count)
    for (name, problem) in zip(names, found) {
      #expect(problem.hasPrefix("--kafka-properties: \(name) cannot be set: it is "), "\(problem)")
    }
  }

  /// What librdkafka adds is refused until somebody has looked at it.
  @Test func whatTheLibraryKnowsAndThisReleaseDoesNotIsRefused() {
    #expect(
      problems(["--kafka-properties", "ssl.engine.location=x"])
        == [
          "--kafka-properties: ssl.engine.location cannot be set: it is not one that operators set; --help says which are"
        ])
  }

  @Test func unknownNamesComeWithTheOneThatWasMeant() {
    #expect(
      problems(["--kafka-properties", "ssl.ca.locaton=/ca.pem,sasl.jaas.config=x;,qwertz.uiop=1"]) == [
        "--kafka-properties: ssl.ca.locaton is no property of librdkafka; did you mean ssl.ca.location?",
        "--kafka-properties: sasl.jaas.config cannot be set: it is Java's: here it is sasl.username and sasl.password",
        "--kafka-properties: qwertz.uiop is no property of librdkafka",
      ])
  }

  @Test func noValueIsEverTold() throws {
    let secret = "hunter2"
    var told = problems([], ["STAMPEDE_KAFKA_PROPERTIES": "sasl.password=\(secret)\nlinger.ms=\(secret)\n"])
    told += problems(["--kafka-properties", "\(secret),SASL.Password=\(secret)"])
    told += problems(["--kafka-properties", "no.such.key=\(secret),acks=\(secret)"])
    told += problems(["--kafka-oauth-token-command", "echo \(secret)"])
    try withFile("sasl.password \(secret)\n=\(secret)\nfetch.min.bytes=\(secret)\n") { path in
      told += problems(["--kafka-properties-file", path])
      told += problems(["--kafka-oauth-token-file", path])
    }
    #expect(told.count >= 9, "\(told)")
    #expect(!told.contains { $0.contains(secret) }, "\(told)")
    #expect(told.first == "STAMPEDE_KAFKA_PROPERTIES: linger.ms has a value that librdkafka does not take")
  }

  /// Each of these was once the end of the process by a second `free` inside `rd_kafka_new` (librdkafka #4142).
  @Test(arguments: [
    ("security.protocol=ssl,ssl.ca.location=/nowhere/ca.pem", "ssl.ca.location"),
    ("security.protocol=ssl,ssl.certificate.location=/nowhere/c.pem", "ssl.certificate.location"),
    ("security.protocol=sasl_plaintext,sasl.mechanisms=NOPE", "NOPE"),
    ("security.protocol=sasl_plaintext,sasl.mechanisms=PLAIN", "sasl.username"),
    ("security.protocol=sasl_plaintext,sasl.mechanisms=SCRAM-SHA-512,sasl.username=u", "sasl.password"),
    ("security.protocol=sasl_plaintext,sasl.mechanisms=OAUTHBEARER", "OAUTHBEARER needs a token"),
    ("fetch.max.bytes=1000,message.max.bytes=2000000", "fetch.max.bytes"),
    ("plugin.library.paths=/nowhere/plugin.so", "plugin.library.paths"),
  ])
  func whatCannotWorkIsRefusedBeforeAnyBrokerIsAsked(properties: String, word: String) throws {
    for _ in 0..<3 {
      let found = problems(["--kafka-properties", properties])
      #expect(found.count == 1 && found.first?.contains(word) == true, "\(found)")
    }
  }

  // MARK: Tokens

  private static let bearer = "security.protocol=sasl_plaintext,sasl.mechanisms=OAUTHBEARER"

  private func token(_ claims: String) -> String {
    let parts = ["{\"alg\":\"none\"}", claims].map { part in
      Data(part.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
    return parts.joined(separator: ".") + "."
  }

  @Test func aTokenComesFromAFileOrACommand() throws {
    try withFile(token(#"{"sub":"points-engine","exp":4102444800.5}"#) + "\n") { path in
      #expect(problems(["--kafka-properties", Self.bearer, "--kafka-oauth-token-file", path]) == [])
      #expect(problems(["--kafka-properties", Self.bearer, "--kafka-oauth-token-command", "cat '\(path)'"]) == [])
      #expect(
        problems(["--kafka-oauth-token-file", path, "--kafka-oauth-token-command", "true"])
          == ["--kafka-oauth-token-file: is given, and so is --kafka-oauth-token-command; keep one"])
      #expect(problems(["--kafka-oauth-token-file", path]).first?.contains("sasl.mechanisms=OAUTHBEARER only") == true)
    }
  }

  @Test func aTokenThatIsNoneIsToldByWhatItLacks() throws {
    for (text, reason) in [
      ("a.b", "holds no JWT"), ("..", "holds no JWT"), (token("{}"), "without the claim 'sub'"),
      (token(#"{"sub":"a"}"#), "without the claim 'exp'"),
      (token(#"{"sub":"a","exp":"soon"}"#), "without the claim 'exp'"),
    ] {
      try withFile(text) { path in
        let found = problems(["--kafka-properties", Self.bearer, "--kafka-oauth-token-file", path])
        #expect(found.count == 1 && found.first?.contains(reason) == true, "\(found)")
      }
    }
    let gone = problems(["--kafka-properties", Self.bearer, "--kafka-oauth-token-file", "/nowhere/token"])
    #expect(gone.first?.contains("the token file '/nowhere/token' cannot be read") == true, "\(gone)")
  }

  @Test func aTokenCommandThatFailsOrSaysTooMuchIsTold() {
    for (line, reason) in [("exit 3", "its status is 3"), ("yes", "wrote more than a token"), ("true", "holds no JWT")]
    {
      let found = problems(["--kafka-properties", Self.bearer, "--kafka-oauth-token-command", line])
      #expect(found.count == 1 && found.first?.contains("the token command ") == true, "\(found)")
      #expect(found.first?.contains(reason) == true, "\(found)")
    }
  }
}
