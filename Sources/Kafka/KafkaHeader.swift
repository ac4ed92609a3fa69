/// A record header, copied. A nil value is a null one.
package struct KafkaHeader: Hashable, Sendable {
  package let name: String
  package let value: [UInt8]?

  package init(name: String, value: [UInt8]?) {
    self.name = name
    self.value = value
  }
}
