import Contracts
import Inquiry
import Loyalty
import Rewards
import ServiceKit

/// `loyalty rewards publish FILE`: checks the document of a reward, shows what it changes and publishes it.
enum RewardsPublish: Subcommand {
  static let command = CommandDeclaration(
    "publish",
    summary: "check the document of a reward, naming every error by its JSON path, show what it changes, and publish "
      + "it.",
    arguments: [DocumentFlags.file], settings: DocumentFlags.publishing)

  static func run(_ context: CommandContext) throws -> ExitCode {
    try DocumentCommands<RewardDocument>.publish(context) { document, cluster in
      try RewardReferences(document, cluster).problems
    }
  }
}

/// `loyalty rewards check FILE`: whether it is valid.
enum RewardsCheck: Subcommand {
  static let command = CommandDeclaration(
    "check",
    summary: "whether the document of a reward is valid, every error by its JSON path; needs no broker, and does not "
      + "look for the programme, pool and partner that it names.", arguments: [DocumentFlags.file])

  static func run(_ context: CommandContext) throws -> ExitCode { try DocumentCommands<RewardDocument>.check(context) }
}

/// `loyalty rewards list`: every published version of every reward.
enum RewardsList: Subcommand {
  static let command = CommandDeclaration(
    "list", summary: "every published version of every reward, its price, and whether it counts.")

  static func run(_ context: CommandContext) throws -> ExitCode {
    try DocumentCommands<RewardDocument>.list(
      context, titles: ["PROGRAMME", "KIND", "POINTS", "STOCK", "DELIVERED BY"]
    ) { document in
      let reward = document.reward
      return [
        reward.programId, document.kind.rawValue, reward.costs.map { "\($0.points.value)" }.joined(separator: " or "),
        reward.stock.map { "\($0)" } ?? "unlimited", reward.delivery.words,
      ]
    }
  }
}

/// `loyalty rewards show ID`: the document that counts.
enum RewardsShow: Subcommand {
  static let command = CommandDeclaration(
    "show", summary: "the document of a reward that counts, or one of its versions.", arguments: [DocumentFlags.id])

  static func run(_ context: CommandContext) throws -> ExitCode { try DocumentCommands<RewardDocument>.show(context) }
}

extension Reward.Delivery {
  var words: String {
    switch self {
    case .voucher(let pool): "voucher \(pool)"
    case .partner(let id, let product): "partner \(id) \(product)"
    case .manual: "hand"
    case .money: "the bill"
    }
  }
}
