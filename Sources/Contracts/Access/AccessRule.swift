/// What one principal may do with one of the cluster's resources: an entry of Kafka's access control.
package struct AccessRule: Equatable, Sendable {
  package enum Resource: String, Sendable {
    case topic = "topic"
    case group = "group"
    case transactionalId = "transactional-id"
    case cluster = "cluster"
  }

  /// As Kafka's own tool calls them. Read and Write bring Describe with them.
  package enum Operation: String, Sendable {
    case read = "Read"
    case write = "Write"
    case describe = "Describe"
    case create = "Create"
    case describeConfigs = "DescribeConfigs"
  }

  /// Without the prefix that Kafka's authorizer wants, `User:` as a rule.
  package let principal: String
  package let resource: Resource
  package let names: [String]
  /// The names stand for all that begin so.
  package let isPrefix: Bool
  package let operations: [Operation]
  /// What it is for, in words.
  package let purpose: String

  init(
    _ principal: String, _ resource: Resource, _ names: [String], isPrefix: Bool = false, _ operations: [Operation],
    _ purpose: String
  ) {
    self.principal = principal
    self.resource = resource
    self.names = names
    self.isPrefix = isPrefix
    self.operations = operations
    self.purpose = purpose
  }

  /// A call of Kafka's `kafka-acls.sh` that grants it, with the script's own arguments, which say where the cluster is.
  package func command(principalPrefix: String) -> String {
    let named = resource == .cluster ? ["--cluster"] : names.map { "--\(resource.rawValue) \($0)" }
    let pattern = isPrefix ? ["--resource-pattern-type prefixed"] : []
    let words = operations.map { "--operation \($0.rawValue)" } + named + pattern
    return
      "kafka-acls.sh \"$@\" --add --allow-principal '\(principalPrefix)\(principal)' \(words.joined(separator: " "))"
  }
}
