import Contracts
import Foundation
import JSON
import Loyalty
import Rewards
import ServiceKit

/// `loyalty vouchers check CODE,…`: whether codes could be used now.
enum VouchersCheck: Subcommand {
  private static let basket = Setting.path(
    "basket", help: "What is at the till, JSON: says what each would take off."
  ).optional.flagOnly

  static let command = CommandDeclaration(
    "check", summary: "whether codes could be used now, without any effect; exit code 4 when one could not.",
    arguments: [TillRun.codes], settings: [basket] + TillRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let told = try context.settings[basket].map(BasketFile.read)
    return try TillRun(context, currency: told?.currency, .check(told)).run()
  }
}

/// `loyalty vouchers hold CODE,…`: keeps codes for a bill.
enum VouchersHold: Subcommand {
  private static let bill = Setting.text("bill", placeholder: "ID", help: "The shop's own id of the sale.").flagOnly
  private static let basket = Setting.path("basket", help: "What is at the till, JSON.").flagOnly
  private static let ttlMs = Setting.milliseconds(
    "ttl-ms", default: Int(VoucherHold.ttlMaxMs), in: 1...Int(VoucherHold.ttlMaxMs),
    help: "How long they are kept."
  ).flagOnly

  static let command = CommandDeclaration(
    "hold",
    summary:
      "keep codes for a bill, all or none, and say what each takes off its basket; exit code 4 when one cannot be "
      + "had.",
    arguments: [TillRun.codes], settings: [TillRun.hold, bill, basket, ttlMs] + TillRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    try TillRun.check(settings, [TillRun.hold, bill])
    var told = try BasketFile.read(settings[basket])
    told.store = settings[TillRun.store]
    let hold = TillCommand.Hold(
      hold: settings[TillRun.hold], bill: settings[bill], basket: told, ttlMs: Int64(settings[ttlMs]))
    return try TillRun(context, currency: told.currency, .hold(hold)).run()
  }
}

/// `loyalty vouchers commit CODE,…`: uses what is held.
enum VouchersCommit: Subcommand {
  private static let offlineBill = Setting.text(
    "offline-bill", placeholder: "ID",
    help: "The bill of a till that could not ask: used without a hold, judged as of --at."
  ).optional.flagOnly
  private static let amount = Setting.text(
    "amount", help: "Of one gift card, what was spent, such as 120000; left out: all that was held."
  ).optional.flagOnly
  private static let currency = Setting.text("currency", help: "The amount's, such as VND.").optional.flagOnly

  static let command = CommandDeclaration(
    "commit", summary: "use codes that are held; exit code 4 when it is refused.",
    arguments: [TillRun.codes], settings: [TillRun.hold, offlineBill, amount, currency] + TillRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    try TillRun.check(settings, [TillRun.hold])
    try TillRun.check(settings, [offlineBill])
    let money = try AmountFlags(amount, currency).money(settings)
    let commit = TillCommand.Commit(hold: settings[TillRun.hold], offlineBill: settings[offlineBill], amount: money)
    let till = try TillRun(context, currency: money?.currency, .commit(commit))
    guard money == nil || till.command.codes.count == 1 else {
      throw CommandFailure("--amount is told of one code: each of several was held for its own part")
    }
    return try till.run()
  }
}

/// `loyalty vouchers release CODE,…`: lets go what is held.
enum VouchersRelease: Subcommand {
  private static let bill = Setting.text("bill", placeholder: "ID", help: "The bill that holds them.").flagOnly

  static let command = CommandDeclaration(
    "release", summary: "let codes go that a bill holds.", arguments: [TillRun.codes],
    settings: [TillRun.hold, bill] + TillRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    try TillRun.check(settings, [TillRun.hold, bill])
    return try TillRun(context, .release(hold: settings[TillRun.hold], bill: settings[bill])).run()
  }
}

/// `loyalty vouchers rollback CODE,…`: undoes a use.
enum VouchersRollback: Subcommand {
  private static let redemption = Setting.text(
    "redemption", placeholder: "ID", help: "The id of the use, which was its hold's."
  ).flagOnly
  private static let reason = Setting.text("reason", help: "Why.")

  static let command = CommandDeclaration(
    "rollback", summary: "undo a use, such as that of a bill that was voided; exit code 4 when it is refused.",
    arguments: [TillRun.codes], settings: [redemption, reason] + TillRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    try TillRun.check(settings, [redemption])
    return try TillRun(context, .rollBack(redemption: settings[redemption], reason: settings[reason])).run()
  }
}

/// `loyalty vouchers cancel CODE,…`: ends vouchers for good.
enum VouchersCancel: Subcommand {
  private static let actor = Setting.text("actor", help: "Who decided it.")
  private static let reason = Setting.text("reason", help: "Why.")

  static let command = CommandDeclaration(
    "cancel", summary: "end a voucher for good; what was paid for it does not come back. One code. Asks first.",
    arguments: [TillRun.codes], settings: [actor, reason, CommandContext.yes] + TillRun.settings)

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let till = try TillRun(context, .cancel(actor: settings[actor], reason: settings[reason]))
    guard till.command.codes.count == 1 else {
      throw CommandFailure("one code is wanted: what is ended for good cannot be undone for another's sake")
    }
    try context.confirm("A voucher is cancelled for good")
    return try till.run()
  }
}

/// A basket in a file, as a till tells it.
enum BasketFile {
  static func read(_ path: String) throws -> Basket {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(TerminalText.name(path)): cannot be read")
    }
    do {
      return try data.withUnsafeBytes { try Basket(decoding: $0) }
    } catch let violation as ContractViolation {
      throw CommandFailure("\(TerminalText.name(path)) is no basket: \(violation.message)", isOfInput: true)
    }
  }
}
