/// How ids of messages look, as `messages list` shows them: everything else is a member's id.
package enum MessageTarget {
  private static let digits = 32

  package static func isMessageId(_ text: String) -> Bool {
    let digest = text.dropFirst(2)
    return text.hasPrefix("n-") && digest.count == digits
      && digest.allSatisfy { $0.isASCII && ($0.isNumber || ("a"..."f").contains($0)) }
  }
}
