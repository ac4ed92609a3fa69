import Contracts
import Inquiry
import Loyalty
import Rewards
import ServiceKit

/// `loyalty vouchers pools publish FILE`: checks the document of a pool, shows what it changes and publishes it.
enum PoolsPublish: Subcommand {
  static let command = CommandDeclaration(
    "publish",
    summary: "check the document of a pool, naming every error by its JSON path, show what it changes, and publish it; "
      + "a voucher that is out keeps its terms.", arguments: [DocumentFlags.file], settings: DocumentFlags.publishing)

  static func run(_ context: CommandContext) throws -> ExitCode {
    try DocumentCommands<VoucherPoolDocument>.publish(context)
  }
}

/// `loyalty vouchers pools check FILE`: whether it is valid.
enum PoolsCheck: Subcommand {
  static let command = CommandDeclaration(
    "check",
    summary: "whether the document of a pool is valid, every error by its JSON path, codes that can be guessed among "
      + "them; needs no broker.", arguments: [DocumentFlags.file])

  static func run(_ context: CommandContext) throws -> ExitCode {
    try DocumentCommands<VoucherPoolDocument>.check(context)
  }
}

/// `loyalty vouchers pools list`: every published version of every pool.
enum PoolsList: Subcommand {
  static let command = CommandDeclaration(
    "list", summary: "every published version of every pool, its codes and terms, and whether it counts.")

  static func run(_ context: CommandContext) throws -> ExitCode {
    try DocumentCommands<VoucherPoolDocument>.list(context, titles: ["CODES", "EFFECT", "VALID"]) { pool in
      [pool.source.words, pool.effectWords, pool.validityWords]
    }
  }
}

/// `loyalty vouchers pools show ID`: the document that counts.
enum PoolsShow: Subcommand {
  static let command = CommandDeclaration(
    "show", summary: "the document of a pool that counts, or one of its versions.", arguments: [DocumentFlags.id])

  static func run(_ context: CommandContext) throws -> ExitCode {
    try DocumentCommands<VoucherPoolDocument>.show(context)
  }
}

extension VoucherPoolDocument.Source {
  fileprivate var words: String {
    switch self {
    case .own(let pattern, let codesMax): "\(pattern.text), \(grouped(codesMax)) live"
    case .imported: "imported"
    }
  }
}

extension VoucherPoolDocument {
  fileprivate var effectWords: String {
    func money(_ minorUnits: Int64) -> String {
      guard let currency = terms.currency else { return "\(minorUnits)" }
      return "\(Money(minorUnits: minorUnits, currency: currency).text) \(currency.code)"
    }
    switch terms.effect {
    case .amount(let off): return "\(money(off.minorUnits)) off" + (off.per == .basket ? "" : " a \(off.per.rawValue)")
    case .percent(let percent, let cap): return "\(percent.text) % off" + (cap.map { ", \(money($0)) at most" } ?? "")
    case .freeUnits(let free): return free.buy == 0 ? "\(free.get) free" : "\(free.get) free for \(free.buy)"
    case .freeShipping(let cap): return "free shipping" + (cap.map { ", \(money($0)) at most" } ?? "")
    case .credit:
      if case .value(let value) = uses { return "gift card of \(money(value))" }
      return "gift card"
    }
  }

  fileprivate var validityWords: String {
    if let days = validity.validForDays { return "\(days) days" }
    guard let (year, month, day) = validity.lastDay?.civil else { return "" }
    return "until \(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }
}
