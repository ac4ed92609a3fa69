import Contracts
import Foundation
import Inquiry
import JSON
import Kafka
import Loyalty
import ServiceKit

/// `loyalty privacy erase MEMBER`: files an erasure and waits for its certificate.
enum PrivacyErase: Subcommand {
  private static let member = Setting.text("member", help: "The member's id.")
  private static let id = Setting.text(
    "id", placeholder: "ID",
    help: "The request's own id, a new one if left out. It stays on the certificate, so it must not name the member."
  ).optional
  private static let actor = Setting.text("actor", help: "Who files it.").optional
  private static let wait = Setting.toggle("wait", default: true, help: MemberCommandSettings.waitHelp)
  private static let timeoutMs = Setting.milliseconds(
    "timeout-ms", default: 30_000, in: 100...3_600_000, help: "How long the certificate is waited for.")

  static let command = CommandDeclaration(
    "erase", summary: "have every service forget a member; prints the certificate.", arguments: [member],
    settings: [id, actor, wait, timeoutMs, MemberCheck.unknownMember, CommandContext.yes])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let request = try request(context.settings)
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    // Who was erased is known no more, but the same request goes on waiting for its certificate.
    if try !isFiled(request, context.cluster, reader) {
      try MemberCheck.require(request.memberId, context)
      try context.confirm("\(request.memberId) is forgotten by every service, points and history included")
    }
    let count = try context.cluster.partitionCount(of: .privacyCertificates)
    let places = (0..<Int32(count)).map { KafkaTopicPartition(topic: Topic.privacyCertificates.name, partition: $0) }
    let answer = try AnswerWait(reader, places)
    try publish(request, context.cluster)
    context.console.note("Erasure \(request.id) is filed")
    guard context.settings[wait] else {
      if context.wantsJSON { context.console.say(.fields(["requestId": .string(request.id)])) }
      return .done
    }
    return try tell(certificateOf: request, answer, context)
  }

  private static func tell(
    certificateOf request: PrivacyRequest, _ answer: AnswerWait, _ context: CommandContext
  ) throws -> ExitCode {
    var document: [UInt8] = []
    let isAnswered = try answer.wait(timeoutMs: Int64(context.settings[timeoutMs])) { message in
      guard let key = message.key, key.elementsEqual(request.id.utf8), let value = message.value else { return false }
      document = Array(value)
      return true
    }
    guard isAnswered else {
      throw CommandFailure(
        "no certificate for \(request.id) yet: `loyalty status` shows which service is behind. "
          + "The same command with --id \(request.id) goes on waiting", exitCode: .unanswered)
    }
    let certificate = try document.withUnsafeBytes { try PrivacyCertificate(decoding: $0) }
    let json = try JSONValue(parsing: document)
    context.tell(text(of: certificate), json)
    if case .refused = certificate.outcome { return .refused }
    return .done
  }

  /// Whether the request was filed before. One of another member has its certificate under the same id, which would
  /// be taken for this one's.
  private static func isFiled(_ request: PrivacyRequest, _ cluster: Cluster, _ reader: TopicReader) throws -> Bool {
    let topic = Topic.privacyRequests
    var members: Set<String> = []
    try reader.read(try reader.ranges(of: topic.name, partitionCount: cluster.partitionCount(of: topic))) { message in
      guard let value = message.value, let filed = try? PrivacyRequest(decoding: value), filed.id == request.id else {
        return
      }
      members.insert(filed.memberId)
    }
    guard members.subtracting([request.memberId]).isEmpty else {
      throw CommandFailure(
        "\(RefusalCode.conflictingCommand.rawValue): request \(request.id) is another member's; say another --id",
        exitCode: .conflict)
    }
    return !members.isEmpty
  }

  private static func request(_ settings: Settings) throws -> PrivacyRequest {
    let requestId = settings[id] ?? "erasure-\(UUID().uuidString.lowercased())"
    var problems: [ConfigurationError.Problem] = []
    let length = FieldRules.idLengthMax
    if !FieldRules.isId(settings[member]) {
      problems.append(settings.problem(member, "needs 1 to \(length) printable characters"))
    }
    if !FieldRules.isId(requestId) {
      problems.append(settings.problem(id, "needs 1 to \(length) printable characters"))
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    return PrivacyRequest(
      id: requestId, kind: .erasure, memberId: settings[member],
      occurredAt: Instant(milliseconds: LogOutput.wallClockMs()), actor: settings[actor])
  }

  private static func publish(_ request: PrivacyRequest, _ cluster: Cluster) throws {
    let records = try RecordWriter(cluster, topic: .privacyRequests)
    defer { records.close() }
    var writer = JSONWriter()
    request.encode(to: &writer)
    try records.write(key: request.memberId, value: writer)
    try records.finish()
  }

  private static func text(of certificate: PrivacyCertificate) -> String {
    switch certificate.outcome {
    case .refused(let code, let message):
      return "Refused: \(code). \(message)"
    case .completed(let parts):
      var table = TextTable(["SERVICE", "PARTITION", "ROWS ERASED", "DONE AT"], rightAligned: [1, 2])
      for part in parts {
        table.add([part.service.name, "\(part.partition)", "\(part.rowsErased)", part.completedAt.rfc3339])
      }
      return """
        Certificate of \(certificate.requestId): erased, asked for at \(certificate.requestedAt.rfc3339), \
        completed at \(certificate.occurredAt.rfc3339)
        \(table.text(indent: "  "))
        """
    }
  }
}
