import Contracts
import HTTP
import Loyalty
import NotifierWeb
import Testing

@Suite(.timeLimit(.minutes(10))) struct PreferenceRouteTests {
  private static let form = "Content-Type: application/x-www-form-urlencoded"

  func withWeb(publisher: (any RecordPublisher)? = nil, _ body: (WebFixture) throws -> Void) throws {
    let web = try WebFixture(publisher: publisher)
    defer { web.close() }
    try body(web)
  }

  // MARK: The page

  @Test func pageShowsWhatIsSet() throws {
    try withWeb { web in
      try web.tell("M-1", Preference(.email, .points, isWanted: false), Preference(.sms, .offers, isWanted: true))
      let page = try web.ask("GET", "/u/\(web.token())")
      #expect(page.status == 200)
      #expect(page.body.contains(#"name="email-points" value="on"><span>"#))
      #expect(page.body.contains(#"name="email-tier" value="on" checked><span>"#))
      #expect(page.body.contains(#"name="sms-offers" value="on" checked><span>"#))
      #expect(page.body.contains("Stop e-mails about points"))
      #expect(web.published.records.isEmpty, "looking changes nothing")
      #expect(try web.ask("HEAD", "/u/\(web.token())").status == 200)
    }
  }

  @Test func pageSpeaksTheReadersLanguage() throws {
    try withWeb { web in
      try web.tell("M-1")
      let token = web.token("M-1", .sms, .tier)
      for (target, accepted, lang) in [
        ("/u/\(token)", "vi,en;q=0.8", "vi"), ("/u/\(token)", "fr, en;q=0.5, vi;q=0.4", "en"),
        ("/u/\(token)", "de", "en"), ("/u/\(token)?lang=vi", "en", "vi"), ("/u/\(token)?lang=xx", "vi-VN", "vi"),
        ("/u/\(token)", "vi;q=0", "en"), ("/u/\(token)", ";;q=,,", "en"),
      ] {
        let page = try web.ask("GET", target, ["Accept-Language: \(accepted)"])
        #expect(page.body.contains("<html lang=\"\(lang)\">"), "\(accepted)")
        #expect(page.header("Content-Language") == lang)
        #expect(page.body.contains(lang == "vi" ? "Ngừng nhận SMS về hạng thành viên" : "Stop SMS about your level"))
      }
    }
  }

  /// No script, no cookie, nothing from elsewhere; the address, which is the key, goes to nobody.
  @Test func browsersAreToldToKeepThePageToItself() throws {
    try withWeb { web in
      for target in ["/u/\(web.token())", "/u/nonsense"] {
        let page = try web.ask("GET", target)
        let policy = try #require(page.header("Content-Security-Policy"))
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-") && policy.contains("form-action 'self'"))
        #expect(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"))
        #expect(page.header("Referrer-Policy") == "no-referrer" && page.header("Cache-Control") == "no-store")
        #expect(page.header("Set-Cookie") == nil && page.header("X-Content-Type-Options") == "nosniff")
        for word in ["<script", "http:", "https:", " style=", "@import", "url(", "onclick"] {
          #expect(!page.body.contains(word), "\(word)")
        }
      }
    }
  }

  @Test func namesAreTextAndNoMarkup() throws {
    try withWeb { web in
      let page = try web.ask("GET", "/u/\(web.token())")
      #expect(page.body.contains("Sen &amp; Co &lt;Hà Nội&gt;") && !page.body.contains("<Hà"))
    }
  }

  @Test(arguments: ["x", "AAAA", "%00", "..%2F..", String(repeating: "A", count: 3_000)])
  func aLinkThatIsNoneLeadsNowhere(_ token: String) throws {
    try withWeb { web in
      let page = try web.ask("GET", "/u/\(token)")
      #expect([400, 404].contains(page.status) && !page.body.contains("M-1"))
      let click = try web.ask("POST", "/u/\(token)", [Self.form], body: "List-Unsubscribe=One-Click")
      #expect([400, 404].contains(click.status) && web.published.records.isEmpty)
    }
  }

  @Test func pageThatCannotTellOffersToStopAlone() throws {
    try withWeb { web in
      let page = try web.ask("GET", "/u/\(web.token())")
      #expect(page.status == 200 && page.body.contains("We cannot show what is set at the moment"))
      #expect(page.body.contains("stop-all") && !page.body.contains("type=\"checkbox\""))
    }
  }

  // MARK: One click

  @Test func oneClickEndsTheMessagesOfItsLink() throws {
    try withWeb { web in
      let token = web.token("M-1", .email, .tier)
      let answer = try web.ask("POST", "/u/\(token)", [Self.form], body: "List-Unsubscribe=One-Click")
      #expect(answer.status == 200 && answer.header("Location") == nil && answer.header("Set-Cookie") == nil)
      let requests = try web.published.requests()
      #expect(requests.map(\.subject) == [.member("M-1")] && requests.map(\.source) == ["one-click"])
      #expect(requests.map(\.changes) == [[Preference(.email, .tier, isWanted: false)]])
      #expect(requests.map(\.occurredAt.milliseconds) == [WebFixture.nowMs])
    }
  }

  /// As RFC 8058 says that mail servers should send it.
  @Test func oneClickMayBeAFormOfSeveralParts() throws {
    try withWeb { web in
      let body = "--b\"1\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b\"1--\r\n"
      for (type, sent) in [
        ("multipart/form-data; boundary=b1", body.replacing("b\"1", with: "b1")),
        ("Multipart/Form-Data; boundary=\"b1\"", "preamble\r\n" + body.replacing("b\"1", with: "b1")),
      ] {
        let answer = try web.ask("POST", "/u/\(web.token())", ["Content-Type: \(type)"], body: sent)
        #expect(answer.status == 200, "\(type)")
      }
      #expect(try web.published.requests().map(\.source) == ["one-click", "one-click"])
    }
  }

  @Test func withoutBrokersNothingIsPromised() throws {
    try withWeb(publisher: NoBrokers()) { web in
      let click = try web.ask("POST", "/u/\(web.token())", [Self.form], body: "List-Unsubscribe=One-Click")
      #expect(click.status == 503 && click.header("Retry-After") == "60")
      let page = try web.ask("POST", "/u/\(web.token())", [Self.form], body: "form=stop-one&lang=vi")
      #expect(page.status == 503 && page.header("Retry-After") == "60")
      #expect(page.body.contains("Chưa lưu được lúc này") && !page.body.contains("Đã ghi nhận"))
    }
  }

  // MARK: The page's forms

  @Test func eachBoxSaysWhatIsWanted() throws {
    try withWeb { web in
      let body = "lang=vi&email-points=on&sms-expiry=on&form=choices"
      let page = try web.ask("POST", "/u/\(web.token())", [Self.form], body: body)
      #expect(page.status == 200 && page.body.contains("Đã lưu lựa chọn của bạn."))
      let request = try #require(try web.published.requests().first)
      #expect(request.changes.count == 8 && request.source == "web-page")
      #expect(
        Set(request.changes.filter(\.isWanted)) == [
          Preference(.email, .points, isWanted: true), Preference(.sms, .expiry, isWanted: true),
        ])
      // What was said shows, though the view does not know it yet.
      #expect(page.body.contains(#"name="email-points" value="on" checked"#))
      #expect(page.body.contains(#"name="email-tier" value="on"><span>"#))
    }
  }

  /// A page that was open before there were notifications says nothing of them.
  @Test func boxesThatWereNotOnThePageStayAsTheyAre() throws {
    try withWeb { web in
      try web.tell("M-1", Preference(.push, .tier, isWanted: false))
      let token = web.token("M-1", .push)
      let page = try web.ask("GET", "/u/\(token)?lang=en").body
      #expect(page.contains("<legend>Notifications</legend>") && page.contains(#"name="shown-push" value="1""#))
      #expect(page.contains(#"name="push-tier" value="on"><span>"#) && page.contains("Stop notifications about points"))
      let old = try web.ask("POST", "/u/\(token)", [Self.form], body: "form=choices&email-tier=on")
      #expect(old.body.contains(#"name="push-tier" value="on"><span>"#))
      let new = try web.ask(
        "POST", "/u/\(token)", [Self.form], body: "form=choices&shown-push=1&push-offers=on&lang=vi")
      #expect(new.body.contains("<legend>Thông báo đẩy</legend>"))
      let changes = try web.published.requests().map(\.changes)
      #expect(changes.map(\.count) == [8, 12] && !changes[0].contains { $0.channel == .push })
      #expect(changes[1].filter(\.isWanted) == [Preference(.push, .offers, isWanted: true)])
    }
  }

  @Test func buttonsStopOneOrAll() throws {
    try withWeb { web in
      try web.tell("M-1")
      let one = try web.ask("POST", "/u/\(web.token())", [Self.form], body: "form=stop-one&lang=en")
      #expect(one.body.contains("Done: you will get no more e-mails about points."))
      #expect(one.body.contains(#"name="email-points" value="on"><span>"#))
      #expect(one.body.contains(#"name="email-tier" value="on" checked"#))
      let all = try web.ask("POST", "/u/\(web.token())", [Self.form], body: "form=stop-all&lang=en")
      #expect(all.body.contains("Done: you will get no more of these messages.") && !all.body.contains(" checked>"))
      #expect(try web.published.requests().map { $0.changes.count { !$0.isWanted } } == [1, 12])
    }
  }

  @Test(arguments: ["", "form=", "form=delete", "List-Unsubscribe=Two-Clicks", "a=%zz", "{}"])
  func aFormThatSaysNothingChangesNothing(_ body: String) throws {
    try withWeb { web in
      let answer = try web.ask("POST", "/u/\(web.token())", [Self.form], body: body)
      #expect(answer.status == 400)
      #expect(web.published.records.isEmpty)
    }
  }

  @Test(arguments: [
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=other", "text/plain",
    "application/json", "multipart/form-data; boundary=b",
  ])
  func aBodyThatIsNoFormChangesNothing(_ type: String) throws {
    try withWeb { web in
      let body = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click"
      let answer = try web.ask("POST", "/u/\(web.token())", ["Content-Type: \(type)"], body: body)
      #expect(answer.status == 400)
      #expect(web.published.records.isEmpty)
    }
  }

  @Test func aBodyLongerThanAnyFormIsRefused() throws {
    try withWeb { web in
      let body = "form=stop-one&x=" + String(repeating: "x", count: 20_000)
      let answer = try web.ask("POST", "/u/\(web.token())", [Self.form], body: body)
      #expect(answer.status == 413)
    }
  }
}
