import Contracts
import Inquiry
import JSON
import Kafka
import ServiceKit

/// `loyalty fence TRANSACTIONAL_ID`: ends what a lost worker left open.
enum Fence: Subcommand {
  private static let transactionalId = Setting.text(
    "transactional_id", help: "The lost thread's transactional id: SERVICE-INSTANCE-THREAD, such as points-engine-0-0.")
  private static let absent = Setting.toggle(
    "absent", help: "Also an id that its service's group does not know any more."
  ).flagOnly

  static let command = CommandDeclaration(
    "fence",
    summary: "abort what a lost instance left open, so that readers need not wait for its time-out. An instance that "
      + "still runs loses its current cycle and begins it again.", arguments: [transactionalId],
    settings: [absent, CommandContext.yes])

  private static let timeoutMs: Int32 = 30_000

  static func run(_ context: CommandContext) throws -> ExitCode {
    let id = context.settings[transactionalId]
    try check(id, context)
    try context.confirm("\(id) is fenced: what it has open is aborted")
    let producer = try context.cluster.transactionalProducer(id)
    defer { producer.close() }
    try context.cluster.patiently { try producer.initTransactions(timeoutMs: timeoutMs) }
    context.tell("\(id) is fenced; nothing of it is open any more", .fields(["fenced": .string(id)]))
    return .done
  }

  /// An id that nobody has fences nobody, and would look as if it had.
  private static func check(_ id: String, _ context: CommandContext) throws {
    guard let service = Service.allCases.first(where: { id.hasPrefix($0.name + "-") }) else {
      let nearest = Service.allCases.first { NearestName.to(String(id.prefix($0.name.count)), among: [$0.name]) != nil }
      let hint = nearest.map { "; did you mean \($0.name)-…?" } ?? ""
      throw CommandFailure(
        "\(id) is not SERVICE-INSTANCE-THREAD of one of \(Service.allCases.map(\.name).joined(separator: ", "))\(hint)")
    }
    let names = try WorkersTime.members(of: service, context.cluster).names
    guard !names.contains(id), !context.settings[absent] else { return }
    let told = names.isEmpty ? "it has no member" : "it has \(names.joined(separator: ", "))"
    let hint = NearestName.to(id, among: names).map { "; did you mean \($0)?" } ?? ""
    throw CommandFailure(
      "nobody in the group \(service.name) is called \(id): \(told)\(hint). Nothing is done; what an instance left open "
        + "that the group has forgotten ends by its time-out, or with \(absent.declaration.flag)")
  }
}
