import Contracts
import Loyalty
import Messages
import Testing

/// Where fields may stand in HTML, and that their values stay values there.
@Suite(.timeLimit(.minutes(10))) struct HTMLPlaceTests {
  private static let hostile = "\"><script>alert('1')</script>&amp;<!--"

  private func facts(_ text: String, unsubscribe: String? = nil) throws -> TemplateFacts {
    var facts = try Sample.facts(of: "points-earned")
    facts.values["memberName"] = .text(text)
    facts.values["programName"] = .text(text)
    facts.values["unsubscribeUrl"] = unsubscribe.map { .link($0) }
    return facts
  }

  @Test func valuesAreEscapedForWhereTheyStand() throws {
    let html = try Sample.html(
      "<p title=\"{{memberName}}\">{{memberName}}</p><p><a href=\"https://a.example/?n={{memberName}}\">x</a></p>",
      facts(Self.hostile))
    let escaped = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;&lt;!--"
    #expect(html.contains("<p title=\"\(escaped)\">\(escaped)</p>"))
    #expect(
      html.contains(
        "?n=%22%3E%3Cscript%3Ealert%28%271%27%29%3C%2Fscript%3E%26amp%3B%3C%21--\""))
    #expect(!html.contains("<script"))
  }

  @Test func headersAndTextsAreOneLineAField() throws {
    let template = try Sample.document(
      subject: "{{memberName}}!", text: "Hi {{memberName}}\nBye", sms: "{{memberName}}")
    let wording = try Sample.write(template, facts("a\r\nBcc: x@y.z\u{2028}\u{0}\u{202E}b"))
    #expect(wording.subject == "a Bcc: x@y.z b!")
    #expect(wording.body == "Hi a Bcc: x@y.z b\nBye\n")
    #expect(wording.sms == "a Bcc: x@y.z b")
  }

  @Test func linksThatLeadElsewhereAreNotWritten() throws {
    let template = "<p><a href=\"{{unsubscribeUrl}}\">out</a></p>"
    #expect(
      try Sample.html(template, facts("x", unsubscribe: "https://a.example/?a=1&b=2"))
        .contains("href=\"https://a.example/?a=1&amp;b=2\""))
    #expect(try Sample.html(template, facts("x", unsubscribe: "javascript:alert(1)")).contains("<a href=\"\">out"))
  }

  @Test(arguments: [
    ("<p>{{points}}", "<p> is not closed"),
    ("<p>a</b></p>", "</b> closes nothing: <p> is open"),
    ("<script>x</script>", "<script> is none of the tags"),
    ("<p onclick=\"x\">a</p>", "onclick is none of the attributes"),
    ("<p style={{accentColor}}>a</p>", "the value of style stands in quotes"),
    ("<p {{points}}>a</p>", "a field stands between tags or in the quotes of an attribute"),
    ("<{{points}}>", "a field stands between tags or in the quotes of an attribute"),
    ("<p><a href=\"{{memberName}}\">a</a></p>", "a link begins with https://"),
    ("<p><a href=\"javascript:x\">a</a></p>", "a link begins with https://"),
    ("<p><a href=\"java{{memberName}}\">a</a></p>", "a link begins with https://"),
    ("<p style=\"color:{{memberName}}\">a</p>", "in style a colour alone can stand"),
    ("<p class=\"{{memberName}}\">a</p>", "no field can stand in class"),
    ("<p style=\"background:url(https://x)\">a</p>", "brings nothing from elsewhere"),
    ("<p>1 < 2</p>", "a < that begins no tag is written &lt;"),
    ("<p><div>a</div></p>", "a <div> cannot stand in a <p>"),
    ("<ul><p>a</p></ul>", "in <ul> stands <li>, and no <p>"),
    ("<li>a</li>", "<li> stands in <ol> or <ul>"),
    ("<p><a href=\"#\"><a href=\"#\">a</a></a></p>", "a link cannot stand in a link"),
    ("<style>p{}</style>", "the letter's frame has <style>"),
    ("<html></html>", "<html> stands once, right behind <!DOCTYPE html>"),
    ("<p/>", "<p/> does not close"), ("<p id=\"a\" id=\"b\">x</p>", "id stands twice"),
    ("<!-- {{points}} -->", "a field stands between tags"), ("<!-- a", "does not end"),
    ("{{#if points}}<p>{{else}}<p>{{/if}}a</p>", "each branch must close the tags and quotes that it opens"),
    ("<p title=\"{{#if points}}\"{{else}}a\"{{/if}}>a</p>", "each branch must close the tags and quotes"),
    ("{{#if points}}</p>{{/if}}", "</p> closes nothing"),
  ])
  func htmlThatCouldActOrBreakIsRefused(_ html: String, _ expected: String) {
    let faults = Sample.faults(html, isHTML: true)
    #expect(faults.contains { $0.contains(expected) }, "\(html): \(faults)")
  }

  @Test(arguments: [
    "<p>a<br>b</p>\n<!-- c > d --><hr>",
    "<p style=\"color:{{accentTextColor}};background:{{accentColor}}\">{{points}}</p>",
    "{{#if points}}<p>a</p>{{else}}<div>b</div>{{/if}}",
    "<p title='{{#if memberName}}{{memberName}}{{else}}you{{/if}}'>a</p>",
    "<p><a href=\"{{unsubscribeUrl}}\">a</a> <img src=\"{{logoUrl}}\" alt=\"{{programName}}\"></p>",
    "<table><tbody><tr><td>{{#plural points}}{{one}}<b>1</b>{{other}}<i>n</i>{{/plural}}</td></tr></tbody></table>",
    "<!DOCTYPE html>\n<html lang=\"en\"><head><title>{{programName}}</title><style>p{color:{{accentColor}}}</style></head>"
      + "<body><p>{{points}}</p></body></html>",
  ])
  func htmlThatMailClientsShowIsTaken(_ html: String) {
    #expect(Sample.faults(html, isHTML: true).isEmpty, "\(html): \(Sample.faults(html, isHTML: true))")
  }

  @Test func aWholeDocumentStandsForItself() throws {
    let html = try Sample.html(
      "<!DOCTYPE html><html lang=\"en\"><head><title>t</title></head><body><p>{{points}}</p></body></html>")
    #expect(html.hasPrefix("<!DOCTYPE html><html lang=\"en\"><head><title>t</title>") && !html.contains("card"))
    #expect(html.contains("<p>1,234</p>"))
  }
}
