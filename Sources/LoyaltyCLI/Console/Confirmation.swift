import Foundation

/// Asks a person before something that cannot be taken back.
enum Confirmation {
  /// True where the answer is yes, or where standard input is no terminal, so that nobody is there to answer.
  static func isGiven(_ question: String, _ console: Console) -> Bool {
    guard isatty(STDIN_FILENO) == 1 else { return true }
    console.note("\(question) [y/N]")
    let answer = readLine()?.lowercased()
    return answer == "y" || answer == "yes"
  }
}
