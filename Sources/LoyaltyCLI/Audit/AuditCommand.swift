import Foundation
import Inquiry
import ServiceKit

/// `loyalty audit`: replays the ledger of every member and says whether it holds.
enum AuditCommand: Subcommand {
  static let command = CommandDeclaration(
    "audit",
    summary:
      "replay every member's ledger: no gap, no double, debits equal credits, transfers in one piece, accounts as the ledger "
      + "says; each redemption is answered once and its points stand or are back, no code is two vouchers', and no more of a "
      + "reward stands than there was; "
      + "exit code 1 when something is wrong.")

  static func run(_ context: CommandContext) throws -> ExitCode {
    let report = try report(context.cluster, showsProgress: isatty(STDERR_FILENO) == 1)
    context.tell(report.text, report.json)
    return report.isPassed ? .done : .failed
  }

  private static func report(_ cluster: Cluster, showsProgress: Bool) throws -> AuditReport {
    guard showsProgress else { return try AuditReading.report(cluster) }
    var bar: ProgressBar?
    return try AuditReading.report(cluster) { progress in
      switch progress {
      case .reading(let done, let total):
        var shown = bar ?? ProgressBar("auditing", total: total, unit: "offsets")
        shown.update(done)
        bar = shown
      case .read(let total): bar?.finish(total)
      }
    }
  }
}
