/// Whether an operator may set a librdkafka property, and for which clients it is then meant.
package enum KafkaProperty: Equatable, Sendable {
  case allowed(Clients)
  /// What sets it, or why nothing may: words to follow "is".
  case refused(String)
  /// Neither librdkafka's nor known here.
  case unknown

  package enum Clients: Sendable {
    case all, consumers, producers
  }

  /// Properties are allowed one by one. What is not in the tables but known to this librdkafka is refused as well: who
  /// adds it has looked whether a guarantee rests on it.
  package static func named(_ name: String) -> KafkaProperty {
    if KafkaPropertyTables.security.contains(name) || KafkaPropertyTables.connection.contains(name) {
      return .allowed(.all)
    }
    if KafkaPropertyTables.fetching.contains(name) { return .allowed(.consumers) }
    if KafkaPropertyTables.producing.contains(name) { return .allowed(.producers) }
    if let reason = KafkaPropertyTables.refused[name] { return .refused(reason) }
    return KafkaLibrary.knows(name) ? .refused("not one that operators set; --help says which are") : .unknown
  }

  /// Every name that is allowed.
  package static var allowedNames: [String] {
    KafkaPropertyTables.security + KafkaPropertyTables.connection + KafkaPropertyTables.fetching
      + KafkaPropertyTables.producing
  }
}
