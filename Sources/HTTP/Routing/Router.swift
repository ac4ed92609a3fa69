/// What a server answers: handlers by method and path.
///
///     var router = Router()
///     router.get("/v1/accounts/{member}") { request in
///       guard let account = try books.account(of: request.parameter("member")) else {
///         throw HTTPRefusal(404, "There is no such member.")
///       }
///       return .json(account.encoded())
///     }
///
/// A handler may throw an `HTTPRefusal`; any other error is answered with 500 and told to `ServerHooks.failed`.
/// HEAD is answered by the GET route of the same path.
package struct Router: Sendable {
  /// Words a refusal, the server's own included: REST services answer JSON here, pages HTML. It gets the status and
  /// headers of the refusal set by the server, whatever it answers.
  package var refuse: @Sendable (HTTPRefusal) -> Response = { .text($0.reason + "\n") }
  private var tree = RouteTree()
  /// Whether any handler needs a thread of the pool.
  private(set) var usesPool = false

  package init() {}

  /// `bodyBytesMax` replaces the server's limit.
  package mutating func on(
    _ method: HTTPMethod, _ pattern: String, bodyBytesMax: Int? = nil, runs place: Route.Place = .pool,
    _ handler: @escaping Route.Handler
  ) {
    tree.add(
      Route(
        method: method, pattern: PathPattern(pattern), bodyBytesMax: bodyBytesMax, place: place, handler: handler))
    usesPool = usesPool || place == .pool
  }

  package mutating func get(
    _ pattern: String, runs place: Route.Place = .pool, _ handler: @escaping Route.Handler
  ) {
    on(.get, pattern, runs: place, handler)
  }

  package mutating func post(_ pattern: String, bodyBytesMax: Int? = nil, _ handler: @escaping Route.Handler) {
    on(.post, pattern, bodyBytesMax: bodyBytesMax, handler)
  }

  package mutating func put(_ pattern: String, bodyBytesMax: Int? = nil, _ handler: @escaping Route.Handler) {
    on(.put, pattern, bodyBytesMax: bodyBytesMax, handler)
  }

  package mutating func patch(_ pattern: String, bodyBytesMax: Int? = nil, _ handler: @escaping Route.Handler) {
    on(.patch, pattern, bodyBytesMax: bodyBytesMax, handler)
  }

  package mutating func delete(_ pattern: String, _ handler: @escaping Route.Handler) {
    on(.delete, pattern, handler)
  }

  /// The route for a request, or the 404 or 405 in its place. `method` is nil for one that no route can have.
  func find(_ method: HTTPMethod?, _ target: RequestTarget) throws(HTTPRefusal) -> RouteMatch {
    guard let (routes, values) = tree.find(target.segments[...]) else { throw .notFound }
    let found = method.flatMap { routes[$0] ?? ($0 == .head ? routes[.get] : nil) }
    guard let found else {
      throw .notAllowed(
        HTTPMethod.allCases.filter { routes[$0] != nil || ($0 == .head && routes[.get] != nil) })
    }
    let named = zip(found.pattern.parameterNames, values)
    return RouteMatch(route: found, parameters: Dictionary(uniqueKeysWithValues: named))
  }

  /// The refusal as it is sent.
  func response(to refusal: HTTPRefusal) -> Response {
    var response = refuse(refusal)
    response.status = refusal.status
    for (name, value) in refusal.headers.fields { response.headers[name] = value }
    return response
  }
}
