/// What reports on an e-mail name it by.
package struct MailFeedback: Equatable, Sendable {
  /// Also its envelope id (RFC 3461).
  package var token: String
  /// nil: bounces go to the sender.
  package var returnPath: String?
  /// For a provider that looks for the token in a header of its own.
  package var providerHeader: Header?

  package struct Header: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(token: String, returnPath: String? = nil, providerHeader: Header? = nil) {
    self.token = token
    self.returnPath = returnPath
    self.providerHeader = providerHeader
  }
}
