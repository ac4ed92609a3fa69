import Contracts
import Foundation
import Inquiry
import JSON
import Loyalty
import Partners
import ServiceKit

/// `loyalty partners reconcile PARTNER`: what a partner says that it issued against what is held here. Changes nothing.
enum PartnersReconcile: Subcommand {
  private static let partner = Setting.text("partner", help: "The partner's id.")
  private static let statement = Setting.path(
    "statement", help: "What it says: a file of lines reference,vouchers,amount,serials; the last two may be empty."
  ).flagOnly
  private static let from = Setting.text(
    "from", placeholder: "DAY",
    help: "The first day of the statement, such as 2026-12-01: orders from it on that it leaves out are told too."
  ).optional.flagOnly
  private static let to = Setting.text("to", placeholder: "DAY", help: "Its last day; left out: the first one.")
    .optional.flagOnly
  private static let whole = Setting.toggle(
    "whole", help: "The statement names all that was issued in these days: what it leaves out is missing there."
  ).flagOnly

  static let command = CommandDeclaration(
    "reconcile",
    summary:
      "hold what a partner says that it issued against the orders here: each difference with what to do about it; "
      + "exit code 1 where there is one.", arguments: [partner], settings: [statement, from, to, whole])

  private static let findingsTold = 200

  static func run(_ context: CommandContext) throws -> ExitCode {
    let id = context.settings[partner]
    let days = try days(context)
    let lines = try read(context.settings[statement])
    let named = Set(lines.map(\.reference))
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let held = try OrderReading(context.cluster, reader).last { order in
      order.partner == id && (days?.contains(order.day) ?? false || named.contains(order.reference))
    }
    let found = Reconciliation(
      orders: held.map { HeldOrder($0) }, statement: lines, isWhole: context.settings[whole])
    let orders = Dictionary(held.map { ($0.reference, $0.id) }, uniquingKeysWith: { first, _ in first })
    context.tell(text(found, orders, id), json(found, orders, id))
    return found.findings.isEmpty ? .done : .failed
  }

  private static func days(_ context: CommandContext) throws -> ClosedRange<LocalDate>? {
    func day(_ setting: Setting<String?>) throws -> LocalDate? {
      guard let text = context.settings[setting] else { return nil }
      guard let day = LocalDate(text: text) else {
        throw ConfigurationError([context.settings.problem(setting, "needs a day such as 2026-12-01")])
      }
      return day
    }
    guard let first = try day(from) else {
      guard context.settings[to] == nil, !context.settings[whole] else {
        throw ConfigurationError([context.settings.problem(from, "is missing: the first day of the statement")])
      }
      return nil
    }
    let last = try day(to) ?? first
    guard last >= first else {
      throw ConfigurationError([context.settings.problem(to, "must not lie before --from")])
    }
    return first...last
  }

  private static func read(_ path: String) throws -> [StatementLine] {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(TerminalText.name(path)) cannot be read")
    }
    do throws(StatementLine.Refused) {
      return try StatementLine.read(csv: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw CommandFailure("\(TerminalText.name(path)): line \(error.line) \(error.problem)")
    }
  }

  private static func text(_ found: Reconciliation, _ orders: [String: String], _ partner: String) -> String {
    var lines = [
      "\(grouped(Int64(found.agreed))) orders at \(partner) agree, \(grouped(Int64(found.findings.count))) differ, "
        + "\(grouped(Int64(found.toAsk.count))) are to be asked for"
    ]
    for finding in found.findings.prefix(findingsTold) {
      let order = orders[finding.reference].map { " (order \($0))" } ?? ""
      lines.append(
        "  \(TerminalText.name(finding.reference))\(order): \(finding.kind.code); \(finding.kind.remedy)")
    }
    if found.findings.count > findingsTold {
      lines.append("  … and \(found.findings.count - findingsTold) more: --json")
    }
    if !found.toAsk.isEmpty {
      lines.append("  to be asked for, by reference:")
      lines += found.toAsk.prefix(findingsTold).map { "    \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  private static func json(_ found: Reconciliation, _ orders: [String: String], _ partner: String) -> JSONValue {
    .fields([
      "partner": .string(partner), "agreed": .count(found.agreed),
      "differences": .array(
        found.findings.map { finding in
          .fields([
            "reference": .string(finding.reference), "order": orders[finding.reference].map { .string($0) },
            "code": .string(finding.kind.code), "remedy": .string(finding.kind.remedy),
          ])
        }),
      "toAsk": .array(found.toAsk.map { .string($0) }),
    ])
  }
}
