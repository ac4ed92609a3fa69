/// The routes by their paths' segments. Where a literal segment and a parameter both fit, the literal one is tried
/// first.
struct RouteTree: Sendable {
  private var literals: [String: RouteTree] = [:]
  /// None or one: an array, since a struct cannot hold itself.
  private var parameter: [RouteTree] = []
  private(set) var routes: [HTTPMethod: Route] = [:]

  mutating func add(_ route: Route) { add(route, route.pattern.segments[...]) }

  private mutating func add(_ route: Route, _ segments: ArraySlice<PathPattern.Segment>) {
    switch segments.first {
    case nil:
      precondition(routes[route.method] == nil, "\(route.method.rawValue) \(route.pattern.text) has a route already")
      routes[route.method] = route
    case .literal(let text):
      literals[text, default: RouteTree()].add(route, segments.dropFirst())
    case .parameter:
      if parameter.isEmpty { parameter.append(RouteTree()) }
      parameter[0].add(route, segments.dropFirst())
    }
  }

  /// The routes at the end of this path and the segments that stand for their parameters; nil when it leads nowhere.
  func find(_ segments: ArraySlice<String>) -> (routes: [HTTPMethod: Route], values: [String])? {
    guard let first = segments.first else { return routes.isEmpty ? nil : (routes, []) }
    if let found = literals[first]?.find(segments.dropFirst()) { return found }
    guard !first.isEmpty, let found = parameter.first?.find(segments.dropFirst()) else { return nil }
    return (found.routes, [first] + found.values)
  }
}
