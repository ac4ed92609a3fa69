import Loyalty
import Rewards

/// Counts wrong codes by who named them, and answers nothing for a while where they were too many.
struct GuessDesk {
  private let book: RewardBook

  init(_ book: RewardBook) { self.book = book }

  func refusal(of source: String) throws -> VoucherRefusal? {
    try book.guesses.get(source)?.count.refusal(at: book.now, under: book.settings.guesses)
  }

  func addWrong(by source: String) throws {
    let limit = book.settings.guesses
    var count = try book.guesses.get(source)?.count ?? GuessCount(since: book.now)
    count.addWrong(at: book.now, under: limit)
    try book.guesses.put(source, GuessRow(count, forgetAt: count.since.advanced(byMilliseconds: limit.windowMs)))
  }
}
