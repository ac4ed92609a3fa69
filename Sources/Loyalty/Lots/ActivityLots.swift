/// The lots that activities open.
extension Activity {
  /// The lot its award opens. No purchase's lot begins with a colon.
  package var lotId: String { Self.lotId(source: source, id: id) }

  static func lotId(source: String, id: String) -> String { lotPrefix + Lot.id(source: source, purchaseId: id) }

  /// The activity that opened a lot; nil for another lot.
  package static func source(ofLot lotId: String) -> (source: String, id: String)? {
    guard lotId.hasPrefix(lotPrefix), let found = Lot.purchase(of: String(lotId.dropFirst(lotPrefix.count))) else {
      return nil
    }
    return (found.source, found.purchaseId)
  }

  private static let lotPrefix = ":activity:"
}
