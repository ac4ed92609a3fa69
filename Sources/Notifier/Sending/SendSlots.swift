/// Room in a `SenderPool`. What is left of it goes back when this goes, as when a cycle is aborted.
package final class SendSlots {
  package private(set) var count: Int
  private let giveBack: (Int) -> Void

  init(count: Int, giveBack: @escaping (Int) -> Void) {
    self.count = count
    self.giveBack = giveBack
  }

  deinit {
    if count > 0 { giveBack(count) }
  }

  func use(_ used: Int) {
    precondition(used <= count, "more messages than slots were reserved for")
    count -= used
  }
}
