import Contracts
import HTTP

/// The page on which a member chooses which messages they get: HTML that works without scripts.
struct PreferencePage {
  let language: PageLanguage
  /// Who writes to the member; nil: nobody is named.
  let brand: String?

  /// What a form asks for; the names stand in pages that people have open.
  enum Form: String {
    /// No more of the messages that the link came with.
    case one = "stop-one"
    case all = "stop-all"
    /// Each as its box says.
    case choices
  }

  enum Notice {
    case saved
    case stopped(Consent.Channel, MessageTopic)
    case stoppedAll
    case notSaved
  }

  /// What a box is called.
  static func box(_ channel: Consent.Channel, _ topic: MessageTopic) -> String {
    "\(channel.rawValue)-\(topic.rawValue)"
  }

  /// What tells that a channel's boxes were on the page: one that was open before there were any leaves it as it is.
  static func shown(_ channel: Consent.Channel) -> String { "shown-\(channel.rawValue)" }

  private var words: PageWords { .in(language) }

  /// - Parameter said: nil: it is not known, and so cannot be changed one by one.
  func response(for link: PreferenceLink, said: [Preference]?, _ notice: Notice?, status: Int = 200) -> Response {
    let channel = words.inSentence(link.channel)
    let topic = words.topic(link.topic).inSentence
    var body = "<h1>\(words.title)</h1>\n<p>\(words.introduction)</p>\n"
    if let notice { body += self.notice(notice) }
    body += """
      <section aria-labelledby="quick"><h2 id="quick">\(words.quickly)</h2>
      <form method="post"><input type="hidden" name="lang" value="\(language.rawValue)">
      <button name="form" value="\(Form.one.rawValue)">\(words.stopOne(channel, topic))</button>
      <button name="form" value="\(Form.all.rawValue)">\(words.stopAll)</button></form></section>

      """
    body += said.map(choices) ?? "<p class=\"notice warn\" role=\"status\">\(words.isUnknown)</p>\n"
    body += "<p class=\"soft\">\(words.always)</p>\n"
    return response(title: words.title, body, status: status)
  }

  func notFound() -> Response {
    response(title: words.notFoundTitle, "<h1>\(words.notFoundTitle)</h1>\n<p>\(words.notFound)</p>\n", status: 404)
  }

  private func notice(_ notice: Notice) -> String {
    let (text, kind) =
      switch notice {
      case .saved: (words.isSaved, "notice")
      case .stopped(let channel, let topic):
        (words.isStopped(words.inSentence(channel), words.topic(topic).inSentence), "notice")
      case .stoppedAll: (words.allIsStopped, "notice")
      case .notSaved: (words.tryAgain, "notice warn")
      }
    return "<p class=\"\(kind)\" role=\"status\">\(text)</p>\n"
  }

  private func choices(_ said: [Preference]) -> String {
    let fields = Consent.Channel.allCases.map { channel in
      let boxes = MessageTopic.allCases.map { topic in
        let isOff = said.contains { $0.channel == channel && $0.topic == topic && !$0.isWanted }
        let words = words.topic(topic)
        return """
          <label><input type="checkbox" name="\(Self.box(channel, topic))" value="on"\(isOff ? "" : " checked")>\
          <span>\(words.name)<small>\(words.explanation)</small></span></label>

          """
      }
      return "<fieldset><legend>\(words.channel(channel))</legend>\n"
        + "<input type=\"hidden\" name=\"\(Self.shown(channel))\" value=\"1\">\n\(boxes.joined())</fieldset>\n"
    }
    return """
      <section aria-labelledby="choices"><h2 id="choices">\(words.choices)</h2>
      <form method="post"><input type="hidden" name="lang" value="\(language.rawValue)">
      \(fields.joined())<button class="main" name="form" value="\(Form.choices.rawValue)">\(words.save)</button>
      </form></section>

      """
  }

  private func response(title: String, _ body: String, status: Int) -> Response {
    let links = PageLanguage.allCases.map { other in
      let current = other == language ? " aria-current=\"true\"" : ""
      return "<a href=\"?lang=\(other.rawValue)\" lang=\"\(other.rawValue)\" hreflang=\"\(other.rawValue)\"\(current)>"
        + "\(other.name)</a>"
    }
    let brand = brand.map(Self.escaped)
    let html = """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)">
      <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
      <title>\(title)\(brand.map { " · \($0)" } ?? "")</title>
      <style>\(PageStyle.css)</style></head>
      <body><main>
      <header><p>\(brand ?? "")</p><nav>\(links.joined())</nav></header>
      \(body)</main></body>
      </html>

      """
    var response = Response.html(html, status: status)
    response.headers["Content-Language"] = language.rawValue
    response.headers["Vary"] = "Accept-Language"
    for (name, value) in PageStyle.headers { response.headers[name] = value }
    return response
  }

  /// As text of a page.
  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
