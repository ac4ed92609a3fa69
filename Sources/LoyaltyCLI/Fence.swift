import Kafka
import ServiceKit

/// `loyalty fence TRANSACTIONAL_ID`: ends what a lost worker left open.
enum Fence: Subcommand {
  private static let transactionalId = Setting.text(
    "transactional_id", help: "The lost thread's transactional id: SERVICE-INSTANCE-THREAD, such as points-engine-0-0.")

  static let command = CommandDeclaration(
    "fence",
    summary: "abort what a lost instance left open, so that readers need not wait for its time-out. An instance that "
      + "still runs loses its current cycle and begins it again.", arguments: [transactionalId])

  private static let timeoutMs: Int32 = 30_000

  static func run(_ context: CommandContext) throws -> ExitCode {
    let id = context.settings[transactionalId]
    _ = try context.cluster.partitionCounts(of: [])
    let producer = try context.cluster.transactionalProducer(id)
    defer { producer.close() }
    try context.cluster.patiently { try producer.initTransactions(timeoutMs: timeoutMs) }
    context.console.say("\(id) is fenced; nothing of it is open any more")
    return .done
  }
}
