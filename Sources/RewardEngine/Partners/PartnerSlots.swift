/// Room for calls that a cycle means to make. What is left of it goes back when this goes, as when a cycle is aborted.
package final class PartnerSlots {
  /// A partner stands here as often as it has room.
  private(set) var partners: [String] = []
  private let giveBack: ([String]) -> Void

  init(giveBack: @escaping ([String]) -> Void) { self.giveBack = giveBack }

  deinit {
    if !partners.isEmpty { giveBack(partners) }
  }

  func add(_ partner: String) { partners.append(partner) }

  /// They were used.
  func use() { partners = [] }
}
