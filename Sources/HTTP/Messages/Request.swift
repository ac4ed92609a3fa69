/// A whole request as a handler gets it. Everything in it was written by someone else.
package struct Request: Sendable {
  package let method: HTTPMethod
  /// The route's pattern, such as `/v1/members/{id}`: fit for logs and metrics, where the path is not.
  package let route: String
  /// As it came: percent-encoded, without the query.
  package let path: String
  package let query: QueryParameters
  package let headers: HeaderFields
  /// At most as long as the route allows.
  package let body: [UInt8]
  private let parameters: [String: String]

  init(
    method: HTTPMethod, match: RouteMatch, target: RequestTarget, headers: HeaderFields, body: [UInt8]
  ) {
    self.method = method
    route = match.route.pattern.text
    path = target.path
    query = target.query
    self.headers = headers
    self.body = body
    parameters = match.parameters
  }

  /// What stands for `{name}` of the route's pattern, decoded and never empty. It may hold anything, `/` and `..` too.
  package func parameter(_ name: String) -> String {
    guard let value = parameters[name] else { preconditionFailure("the route \(route) has no {\(name)}") }
    return value
  }
}
