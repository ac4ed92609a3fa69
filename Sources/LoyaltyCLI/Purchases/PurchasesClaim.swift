import Contracts
import Inquiry
import JSON
import Kafka
import Loyalty
import Partitioning
import ServiceKit

/// `loyalty purchases claim MEMBER RECEIPT`: books a purchase that found no member for the one whose it was.
enum PurchasesClaim: Subcommand {
  private static let receipt = Setting.text("receipt", help: "The purchase's id, as the receipt shows it.")
  private static let total = Setting.text(
    "total", placeholder: "AMOUNT", help: "The total on the receipt, such as 12.50.")
  private static let date = Setting.text(
    "date", placeholder: "DATE", help: "The day on the receipt, such as 2026-11-22.")
  private static let source = Setting.text(
    "source", placeholder: "SOURCE", help: "The till or shop, where several use the same receipt ids."
  ).optional
  private static let program = Setting.text(
    "program", placeholder: "ID", help: "In whose name the member is told, where several programmes are in force."
  ).optional
  private static let actor = Setting.text("actor", help: "Who claims on the member's behalf.").optional

  static let command = CommandDeclaration(
    "claim", summary: "book a purchase that found no member; exit code 4 when the claim is refused.",
    arguments: [MemberCommandSettings.member, receipt],
    settings: [
      total, date, source, program, actor, MemberCommandSettings.id, MemberCommandSettings.at,
      MemberCommandSettings.wait,
      MemberCommandSettings.timeoutMs,
    ])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let claim = try claim(context.settings)
    try checkDecimals(context)
    let count = try context.cluster.partitionCount(of: .claims)
    let partition = KeyPartitioner.partition(of: claim.memberId, among: count)
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let range = try reader.range(of: KafkaTopicPartition(topic: Topic.claims.name, partition: partition))
    try publish(claim, context.cluster)
    guard context.settings[MemberCommandSettings.wait] else {
      context.tell(
        "Handed over as \(claim.id); \(Topic.claims.name) will hold the answer", json(claim, "handed-over", .done))
      return .done
    }
    var answer: ClaimStatus?
    _ = try reader.follow([range], until: .now + .milliseconds(context.settings[MemberCommandSettings.timeoutMs])) {
      message in
      // What ingest did not write is no answer.
      guard let value = message.value, let status = try? ClaimStatus(decoding: value) else { return false }
      if status.id == claim.id, status.memberId == claim.memberId { answer = status }
      return answer != nil
    }
    switch answer?.outcome {
    case .accepted:
      context.tell("\(claim.receipt) is booked for \(claim.memberId)", json(claim, "accepted", .done))
      return .done
    case .refused(let refusal):
      let lock = answer?.lockedUntil.map { " Claims are locked until \($0.rfc3339)." } ?? ""
      context.tell(
        "Refused: \(refusal.rawValue). \(refusal.message)\(lock)",
        json(claim, "refused", .refused, refusal.rawValue, refusal.message + lock))
      return .refused
    case nil:
      throw CommandFailure(
        "no answer to \(claim.id) yet. `loyalty status` shows whether transaction-ingest is behind, "
          + "`loyalty dead-letters list transaction-ingest` what it could not take", exitCode: .unanswered)
    }
  }

  private static func json(
    _ claim: PurchaseClaim, _ outcome: String, _ code: ExitCode, _ refused: String? = nil, _ message: String? = nil
  ) -> JSONValue {
    .fields([
      "command": .string(claim.id), "memberId": .string(claim.memberId), "receipt": .string(claim.receipt),
      "outcome": .string(outcome), "exitCode": .count(code.rawValue), "refused": refused.map { .string($0) },
      "message": message.map { .string($0) },
    ])
  }

  private static func claim(_ settings: Settings) throws -> PurchaseClaim {
    var problems: [ConfigurationError.Problem] = []
    for setting in [MemberCommandSettings.member, receipt, MemberCommandSettings.id]
    where !FieldRules.isId(settings[setting]) {
      problems.append(settings.problem(setting, "needs 1 to \(FieldRules.idLengthMax) printable characters"))
    }
    let amount = ExactDecimal(settings[total])
    if amount == nil { problems.append(settings.problem(total, "needs a decimal number, such as 12.50")) }
    let day = LocalDate(text: settings[date])
    if day == nil { problems.append(settings.problem(date, "needs a date, such as 2026-11-22")) }
    guard problems.isEmpty, let amount, let day else { throw ConfigurationError(problems) }
    return PurchaseClaim(
      id: settings[MemberCommandSettings.id], memberId: settings[MemberCommandSettings.member],
      receipt: settings[receipt],
      total: amount, date: day, source: settings[source], actor: settings[actor],
      programId: settings[program],
      occurredAt: try settings.instant(MemberCommandSettings.at) ?? Instant(milliseconds: LogOutput.wallClockMs()))
  }

  /// Ingest compares the total with that of the receipt in its currency, and could only say that there is no such one.
  private static func checkDecimals(_ context: CommandContext) throws {
    var text = context.settings[total]
    let decimals = text.withUTF8 { ExactDecimal.written($0)?.decimals ?? 0 }
    let catalog = PublishedPrograms.valid(try PublishedPrograms.read(context.cluster)).catalog
    let currencies = Set(catalog.programIds.flatMap { catalog.versions(of: $0).flatMap(\.currencies) })
    guard let most = currencies.map(\.exponent).max(), decimals > most else { return }
    let codes = currencies.map(\.code).sorted().joined(separator: ", ")
    throw ConfigurationError([
      context.settings.problem(
        total,
        "has \(decimals) decimals, more than any currency of the published programmes (\(codes)); a point separates "
          + "decimals, and nothing separates thousands")
    ])
  }

  private static func publish(_ claim: PurchaseClaim, _ cluster: Cluster) throws {
    let records = try RecordWriter(cluster, topic: .claimRequests)
    defer { records.close() }
    var writer = JSONWriter()
    claim.encode(to: &writer)
    try records.write(key: claim.memberId, value: writer)
    try records.finish()
  }
}
