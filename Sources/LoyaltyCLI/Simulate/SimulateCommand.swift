import Contracts
import Foundation
import Inquiry
import Loyalty
import ServiceKit

/// `loyalty simulate`: what a purchase would earn, booking nothing.
enum SimulateCommand: Subcommand {
  private static let program = Setting.path(
    "program-file", help: "The programme document, JSON. It need not be published.")
  private static let purchase = Setting.path(
    "purchase", help: "A purchase as a shop sends it (topics/commerce.purchases.json), JSON.")
  private static let member = Setting.text(
    "member",
    help:
      "The id of a member with an account in the programme: their level, visits and counters of the last "
      + "\(EarningPast.daysTold) days are read from loyalty.accounts, their profile from loyalty.members, and when a closed "
      + "account was closed from loyalty.ledger. Without it the purchase is a new member's, and no cluster is asked."
  ).optional
  private static let tier = Setting.text(
    "tier", placeholder: "LEVEL", help: "Assume that the member holds this level of the programme."
  ).optional

  static let command = CommandDeclaration(
    "simulate",
    summary:
      "what a purchase of a new or a known member would earn and what the next tier would need then; nothing is booked.",
    settings: [program, purchase, member, tier])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let version = try read(program: context.settings[program])
    let bought = try read(purchase: context.settings[purchase])
    var past =
      try context.settings[member].map { try read(member: $0, context.cluster, version, bought) } ?? MemberPast()
    if let level = context.settings[tier] {
      let levels = version.tiers?.levels.map(\.id) ?? []
      guard levels.contains(level) else {
        let known = levels.isEmpty ? "none" : levels.joined(separator: ", ")
        throw CommandFailure("\(version.id) has no level \(level); its levels are: \(known)")
      }
      past.level = level
    }
    let simulation = PurchaseSimulation(program: version, purchase: bought, member: past)
    context.tell(SimulationText(simulation: simulation).text, simulation.json)
    return .done
  }

  private static func read(
    member id: String, _ cluster: Cluster, _ program: Program, _ purchase: Transaction
  ) throws -> MemberPast {
    let reader = try TopicReader(cluster)
    defer { reader.close() }
    do {
      return try MemberPastReading(cluster, reader, member: id).past(in: program, at: purchase.occurredAt)
    } catch let error as InquiryError {
      guard case .noAccount = error else { throw error }
      throw CommandFailure(
        "\(error): the points engine has booked nothing for them there. Check --member and the programme's id, or leave "
          + "--member out to rate the purchase as a new member's")
    }
  }

  private static func read(program path: String) throws -> Program {
    do {
      return try ProgramDocument.decode(try bytes(of: path))
    } catch let refused as ProgramRefused {
      throw CommandFailure(([TerminalText.name(path)] + refused.sentences.map { "  \($0)" }).joined(separator: "\n"))
    }
  }

  private static func read(purchase path: String) throws -> Transaction {
    let bytes = try bytes(of: path)
    do {
      return try bytes.withUnsafeBytes { try TransactionDecoder(.commerce).decode($0) }
    } catch let violation as ContractViolation {
      throw CommandFailure("\(TerminalText.name(path)): \(violation.path) \(violation.message)")
    }
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(TerminalText.name(path)): cannot be read")
    }
    return Array(data)
  }
}
