/// A condition split in what it asks of the purchase, judged once, and what it asks of each line. Plain lists of
/// conditions that must all hold become masks; what is left, with `any` and `not`, stays a tree over the same bits.
struct CompiledCondition: Sendable {
  private(set) var purchaseMask = ConditionBits.none
  private(set) var lineMask = ConditionBits.none
  private(set) var purchaseTrees: [Tree] = []
  private(set) var lineTrees: [Tree] = []
  private(set) var isAboutLines = false
  private(set) var isAboutTiers = false

  indirect enum Tree: Sendable {
    case purchase(Int)
    case line(Int)
    case tier(Condition.Selection)
    case all([Tree])
    case any([Tree])
    case not(Tree)
  }

  /// Holds always.
  init() {}

  init(_ condition: Condition, table: inout ConditionTable) {
    isAboutLines = condition.isAboutLines
    isAboutTiers = condition.isAboutTiers
    add(condition, table: &table)
  }

  private mutating func add(_ condition: Condition, table: inout ConditionTable) {
    if case .all(let parts) = condition {
      for part in parts { add(part, table: &table) }
      return
    }
    switch Self.tree(condition, table: &table) {
    case .purchase(let index): purchaseMask.insert(index)
    case .line(let index): lineMask.insert(index)
    case let tree where condition.isAboutLines: lineTrees.append(tree)
    case let tree: purchaseTrees.append(tree)
    }
  }

  private static func tree(_ condition: Condition, table: inout ConditionTable) -> Tree {
    switch condition {
    case .all(let parts): .all(parts.map { tree($0, table: &table) })
    case .any(let parts): .any(parts.map { tree($0, table: &table) })
    case .not(let part): .not(tree(part, table: &table))
    case .tier(let selection): .tier(selection)
    default: condition.isAboutLines ? .line(table.lineIndex(condition)) : .purchase(table.purchaseIndex(condition))
    }
  }

  /// Whether the part holds that is the same for all lines.
  func holds(forPurchase purchase: ConditionBits, level: String?) -> Bool {
    guard purchase.isSuperset(of: purchaseMask) else { return false }
    for tree in purchaseTrees where !tree.holds(purchase, .none, level) { return false }
    return true
  }

  /// Whether the rest holds for one line.
  func holds(forLine line: ConditionBits, purchase: ConditionBits, level: String?) -> Bool {
    guard line.isSuperset(of: lineMask) else { return false }
    for tree in lineTrees where !tree.holds(purchase, line, level) { return false }
    return true
  }
}

extension CompiledCondition.Tree {
  func holds(_ purchase: ConditionBits, _ line: ConditionBits, _ level: String?) -> Bool {
    switch self {
    case .purchase(let index): purchase.contains(index)
    case .line(let index): line.contains(index)
    case .tier(let selection): selection.holds(level)
    case .all(let parts): parts.allSatisfy { $0.holds(purchase, line, level) }
    case .any(let parts): parts.contains { $0.holds(purchase, line, level) }
    case .not(let part): !part.holds(purchase, line, level)
    }
  }
}
