/// What reports on an e-mail name it by.
package struct MailFeedback: Equatable, Sendable {
  /// Also its envelope id (RFC 3461).
  package var token: String
  /// nil: bounces go to the sender.
  package var returnPath: String?
  /// What tells the token in the message itself.
  package var headers: [Header]

  package struct Header: Equatable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(token: String, returnPath: String? = nil, headers: [Header] = []) {
    self.token = token
    self.returnPath = returnPath
    self.headers = headers
  }
}
