/// A message as a phone or a browser shows it beside the app's name: a title, and a line or two.
package struct PushText: Equatable, Sendable {
  package var title: String
  package var body: String

  /// Characters that most screens show; `TemplateLint` asks for no more.
  package static let titleAdvised = 65
  package static let bodyAdvised = 240
  /// What goes out at most: with what goes beside it less than the 4,096 bytes that Firebase takes.
  private static let titleBytesMax = 256
  private static let bodyBytesMax = 1_536
  private static let ellipsis = "…"

  package init(title: String, body: String) {
    self.title = title
    self.body = body
  }

  /// The same, cut between characters where it is longer than can go out.
  package var cut: PushText {
    PushText(title: Self.cut(title, Self.titleBytesMax), body: Self.cut(body, Self.bodyBytesMax))
  }

  private static func cut(_ text: String, _ bytesMax: Int) -> String {
    guard text.utf8.count > bytesMax else { return text }
    var room = bytesMax - ellipsis.utf8.count
    let kept = text.prefix { character in
      room -= character.utf8.count
      return room >= 0
    }
    return kept + ellipsis
  }
}
