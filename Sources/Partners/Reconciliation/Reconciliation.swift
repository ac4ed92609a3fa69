/// What we hold against what a partner says: every difference, with what to do about it. Nothing is changed by it.
package struct Reconciliation: Equatable, Sendable {
  package let findings: [Finding]
  /// References that agree.
  package let agreed: Int
  /// Orders of which the partner is to be asked one by one: those in doubt, and those that a statement leaves out.
  package let toAsk: [String]

  package struct Finding: Equatable, Sendable {
    package let reference: String
    package let kind: Kind
  }

  package enum Kind: Equatable, Sendable {
    /// Held as issued, and the partner knows nothing of it.
    case missingThere
    /// The partner issued it, and no order of ours has the reference.
    case missingHere
    /// The partner issued it; here points went back.
    case issuedThereRefusedHere(code: String)
    /// The partner issued it; here it is not known yet.
    case issuedThereOpenHere
    case cancelledThere
    case otherCount(here: Int, there: Int)
    case otherSerials
    /// One reference stands in the statement more than once.
    case twiceThere

    /// For people and programs.
    package var code: String {
      switch self {
      case .missingThere: "missing-there"
      case .missingHere: "missing-here"
      case .issuedThereRefusedHere: "issued-there-refused-here"
      case .issuedThereOpenHere: "issued-there-open-here"
      case .cancelledThere: "cancelled-there"
      case .otherCount: "other-count"
      case .otherSerials: "other-serials"
      case .twiceThere: "twice-there"
      }
    }

    package var remedy: String {
      switch self {
      case .missingThere: "ask the partner: the member has a code that it will not take, or does not invoice"
      case .missingHere: "ask the partner whose it is: it is not an order of this system's, and is not to be paid"
      case .issuedThereRefusedHere: "have the partner cancel it: the member has their points back"
      case .issuedThereOpenHere: "nothing: the outbox asks for it by its reference, and takes it"
      case .cancelledThere: "tell the member, and give the points back: the code is taken no more"
      case .otherCount(let here, let there): "ask the partner: \(here) are held, and it names \(there)"
      case .otherSerials: "ask the partner: it names other vouchers than those that were given out"
      case .twiceThere: "ask the partner: one reference is one order"
      }
    }
  }

  /// - Parameters:
  ///   - held: the deliveries of one partner that the statement may name: those of its day, and those around midnight.
  ///   - statement: all its pages.
  ///   - isWhole: the statement names all that was issued in that time; otherwise what it leaves out is asked for.
  package init(held: [PartnerDelivery], statement: [StatementLine], isWhole: Bool) {
    self.init(orders: held.map { HeldOrder($0) }, statement: statement, isWhole: isWhole)
  }

  package init(orders: [HeldOrder], statement: [StatementLine], isWhole: Bool) {
    var findings: [Finding] = []
    var toAsk: [String] = []
    var agreed = 0
    var lines: [String: StatementLine] = [:]
    for line in statement where lines.updateValue(line, forKey: line.reference) != nil {
      findings.append(.init(reference: line.reference, kind: .twiceThere))
    }
    for order in orders {
      let line = lines.removeValue(forKey: order.reference)
      switch Self.compare(order, line, isWhole) {
      case .agrees: agreed += 1
      case .ask: toAsk.append(order.reference)
      case .differs(let kind): findings.append(.init(reference: order.reference, kind: kind))
      }
    }
    for line in lines.values.sorted(by: { $0.reference < $1.reference }) where !line.isCancelled {
      findings.append(.init(reference: line.reference, kind: .missingHere))
    }
    self.findings = findings
    self.toAsk = toAsk
    self.agreed = agreed
  }

  /// As a partner answers about one reference; nil: it agrees, or nothing was learned.
  package static func finding(_ delivery: PartnerDelivery, _ verdict: StatusVerdict) -> Finding? {
    let line: StatementLine?
    switch verdict {
    case .issued(let vouchers):
      let serials = vouchers.compactMap(\.serial)
      line = StatementLine(
        reference: delivery.reference.text, vouchers: vouchers.count,
        serials: serials.count == vouchers.count ? serials : nil,
        isCancelled: vouchers.allSatisfy(\.isCancelled))
    case .notKnown, .refused: line = nil
    case .account, .limit, .unknown: return nil
    }
    guard case .differs(let kind) = compare(HeldOrder(delivery), line, true) else { return nil }
    return .init(reference: delivery.reference.text, kind: kind)
  }

  private enum Comparison {
    case agrees, ask
    case differs(Kind)
  }

  private static func compare(_ order: HeldOrder, _ line: StatementLine?, _ isWhole: Bool) -> Comparison {
    switch (order.state, line) {
    case (.issued, nil): return isWhole ? .differs(.missingThere) : .ask
    case (.issued(let count, let held), let line?):
      if line.isCancelled { return .differs(.cancelledThere) }
      if line.vouchers != count { return .differs(.otherCount(here: count, there: line.vouchers)) }
      if let serials = line.serials, held.count == count, Set(serials) != Set(held) {
        return .differs(.otherSerials)
      }
      return .agrees
    case (.refused(let code), let line?):
      return line.isCancelled ? .agrees : .differs(.issuedThereRefusedHere(code: code))
    case (.refused, nil): return .agrees
    case (.waiting, let line?), (.inDoubt, let line?):
      return line.isCancelled ? .ask : .differs(.issuedThereOpenHere)
    case (.inDoubt, nil): return .ask
    case (.waiting, nil): return .agrees
    }
  }
}
