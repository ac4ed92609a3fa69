import HTTP
import Testing

@Suite(.timeLimit(.minutes(10))) struct RoutingTests {
  /// Answers with the route and what stands for its parameters.
  func routes(_ router: inout Router) {
    router.get("/") { _ in .text("root") }
    router.get("/v1/members/{id}") { .text("member \($0.parameter("id"))") }
    router.get("/v1/members/me") { _ in .text("me") }
    router.get("/v1/members/{id}/lots/{lot}") { .text("\($0.route) \($0.parameter("id")) \($0.parameter("lot"))") }
    router.put("/v1/members/{member}") { .text("put \($0.parameter("member"))") }
    router.delete("/v1/members/{member}") { _ in .empty() }
    router.patch("/v1/things") { _ in .text("patched") }
    router.get("/probe", runs: .loop) { .text($0.path) }
  }

  func ask(_ method: String, _ target: String) throws -> RawClient.Answer {
    try withServer(routes: routes) { _, port in
      let client = try RawClient(port)
      try client.ask(method, target)
      return try client.answer(hasBody: method != "HEAD")
    }
  }

  @Test(arguments: [
    ("/", "root"), ("/v1/members/17", "member 17"), ("/v1/members/me", "me"),
    ("/v1/members/me/lots/3", "/v1/members/{id}/lots/{lot} me 3"),
    ("/v1/members/a%2Fb%20c%C3%A9", "member a/b cé"), ("/v1/members/a+b", "member a+b"),
    ("/v1/members/..", "member .."),
    ("http://host:80/v1/members/17?x=1", "member 17"), ("/probe?x=1", "/probe"),
  ]) func pathLeadsToItsRoute(target: String, body: String) throws {
    let answer = try ask("GET", target)
    #expect(answer.status == 200 && answer.body == body)
  }

  @Test(arguments: [
    "/v1", "/v1/members/", "/v1/members", "//v1/members/17", "/v1/members/17/", "/v1/members//lots/3", "/nothing",
    "http://host",
  ]) func pathThatNoRouteHasIsNotFound(target: String) throws {
    let answer = try ask("GET", target)
    #expect(answer.status == (target == "http://host" ? 200 : 404))
  }

  @Test(arguments: ["/a%2", "/a%zz", "/a%00", "/a%ff", "/?q=%e", "/a#b", "nothing", "*"])
  func targetThatCannotBeReadIsRefused(target: String) throws {
    #expect(try ask("GET", target).status == 400)
  }

  @Test func methodsHaveTheirOwnRoutesAndParameterNames() throws {
    #expect(try ask("PUT", "/v1/members/17").body == "put 17")
    #expect(try ask("PATCH", "/v1/things").body == "patched")
    let deleted = try ask("DELETE", "/v1/members/17")
    #expect(deleted.status == 204 && !deleted.head.contains("Content-Length"))
  }

  @Test func otherMethodsAreToldWhichThereAre() throws {
    for method in ["POST", "OPTIONS", "BREW", "get"] {
      let answer = try ask(method, "/v1/members/17")
      #expect(answer.status == 405 && answer.has("Allow: GET, HEAD, PUT, DELETE"), "\(method)")
    }
    #expect(try ask("BREW", "/nothing").status == 404)
    #expect(try ask("POST", "/v1/things").has("Allow: PATCH"))
  }

  @Test func headIsAnsweredByGetWithoutABody() throws {
    let answer = try ask("HEAD", "/v1/members/17")
    #expect(answer.status == 200 && answer.has("Content-Length: 9"))
  }

  @Test func refusalsAreWordedByTheService() throws {
    try withServer(routes: { router in
      routes(&router)
      router.refuse = { .json(Array(#"{"status":\#($0.status)}"#.utf8)) }
    }) { _, port in
      let client = try RawClient(port)
      try client.ask("GET", "/nothing")
      let missing = try client.answer()
      #expect(missing.status == 404 && missing.body == #"{"status":404}"#)
      #expect(missing.has("Content-Type: application/json"))
      try client.ask("POST", "/probe")
      let refused = try client.answer()
      #expect(refused.status == 405 && refused.has("Allow: GET, HEAD") && refused.body == #"{"status":405}"#)
    }
  }
}
