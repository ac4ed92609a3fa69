/// The documents that the programs bring along, each by its name.
package enum ShippedProviders {
  /// As they are shown: where they are copied to be changed, notes and all.
  package static let texts: [(name: String, text: String)] = [
    ("esms", ESMSDocument.text), ("twilio", TwilioDocument.text), ("vonage", VonageDocument.text),
    ("kannel", KannelDocument.text), ("json", JSONGatewayDocument.text), ("zalo-zns", ZaloZNSDocument.text),
  ]

  package static let names = texts.map(\.name)
  /// Those that take a text.
  package static let smsNames = names.filter { !templateNames.contains($0) }
  /// Those that take a template and its parameters.
  package static let templateNames = ["zalo-zns"]

  /// nil: none has this name.
  package static func document(_ name: String) throws(ProviderRefused) -> ProviderDocument? {
    guard let text = texts.first(where: { $0.name == name })?.text else { return nil }
    return try ProviderDocument(parsing: Array(text.utf8))
  }
}
