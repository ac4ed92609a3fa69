import JSON

/// How a provider of messages is spoken to by HTTP: the document of one, read and found right. It holds no secret.
package struct ProviderDocument: Sendable {
  package let name: String
  package let title: String
  /// The pages that it was written by.
  package let sources: [String]
  package let url: ProviderTemplate
  package let defaultURL: String?
  package let isPost: Bool
  package let headers: [Parameter]
  package let query: [Parameter]
  package let authentication: Authentication
  package let body: Body
  package let numbers: NumberForm
  package let encodings: Encodings?
  package let idempotency: Idempotency
  /// Each is enough: tests that all hold. None: the status alone says it.
  package let success: [[AnswerTest]]
  /// The provider's own id of the message, in its answer.
  package let messageId: AnswerPlace?
  package let code: AnswerPlace?
  package let codes: [String: AnswerMeaning]
  package let statuses: [Int: AnswerMeaning]
  package let quotaEnd: QuotaEnd?
  package let callback: Callback?

  package struct Parameter: Equatable, Sendable {
    package let name: String
    package let value: ProviderTemplate
  }

  package struct Authentication: Equatable, Sendable {
    package let kind: Kind
    /// The provider may be used without.
    package let isOptional: Bool

    package enum Kind: String, CaseIterable, Sendable {
      case none
      /// RFC 7617, from user and password.
      case basic
      /// RFC 6750, from the password.
      case bearer
      /// In headers or in the body, where the document puts it.
      case headers, body
      /// In the URL, to be read in the logs on the way: only where the provider knows nothing else.
      case query
    }
  }

  package enum Body: Equatable, Sendable {
    case none
    case json(JSONTemplate)
    case form([Parameter])
    case text(ProviderTemplate)

    var holdsParameters: Bool { if case .json(let tree) = self { tree.holdsParameters } else { false } }
  }

  /// What the field `encoding` says.
  package struct Encodings: Equatable, Sendable {
    package let gsm7: String
    package let ucs2: String
  }

  /// How one message that is sent twice goes out once.
  package enum Idempotency: Equatable, Sendable {
    case none
    /// The id in this header.
    case header(String)
    /// The id in the body, where the document puts it.
    case field
  }

  /// When what a quota has refused may be tried again.
  package enum QuotaEnd: Equatable, Sendable {
    /// Minutes east of UTC, whose midnight it is.
    case midnight(offsetMinutes: Int)
    case after(minutes: Int)

    /// - Returns: an instant, ms.
    package func ms(nowMs: Int64) -> Int64 {
      switch self {
      case .after(let minutes): return nowMs + Int64(minutes) * 60_000
      case .midnight(let offsetMinutes):
        let dayMs: Int64 = 86_400_000
        let offsetMs = Int64(offsetMinutes) * 60_000
        let local = nowMs + offsetMs
        return local - (local % dayMs + dayMs) % dayMs + dayMs - offsetMs
      }
    }
  }

  /// How the provider tells what became of a message.
  package struct Callback: Equatable, Sendable {
    /// The message's own id.
    package let id: AnswerPlace?
    /// The provider's.
    package let messageId: AnswerPlace?
    package let code: AnswerPlace?
    /// The first whose tests all hold says it.
    package let states: [Rule]

    package struct Rule: Equatable, Sendable {
      package let tests: [AnswerTest]
      package let state: MessageState
    }
  }

  /// Whether a message sent twice under one id goes out once.
  package var deduplicates: Bool { idempotency != .none }

  /// Whether its messages are sent by templates that the provider has, with their parameters; else as texts.
  package var takesTemplates: Bool { body.holdsParameters }

  /// What of an account the document cannot do without.
  package var requiredFields: [ProviderField] {
    guard !authentication.isOptional else { return [] }
    let used: Set<ProviderField> =
      switch authentication.kind {
      case .none: []
      case .basic: [.user, .password]
      case .bearer: [.password]
      case .headers, .body, .query: templates.reduce(into: []) { $0.formUnion($1.template.fields) }
      }
    return [.user, .password, .authorization].filter(used.contains)
  }

  /// Every template with its place.
  var templates: [(place: Place, template: ProviderTemplate)] {
    let ofBody: [ProviderTemplate] =
      switch body {
      case .none: []
      case .json(let tree): tree.templates
      case .form(let parameters): parameters.map(\.value)
      case .text(let template): [template]
      }
    return [(.url, url)] + query.map { (.url, $0.value) } + headers.map { (.headers, $0.value) }
      + ofBody.map { (.body, $0) }
  }

  enum Place: Equatable { case url, headers, body }
}

/// What became of a message, as its provider tells it.
package enum MessageState: String, CaseIterable, Sendable {
  case delivered
  /// For good: the number takes no messages.
  case bounced
  /// Not this time: it ran out of time, was filtered, or nobody knows why.
  case undelivered
  /// The recipient wants no more.
  case optedOut = "opted-out"
  /// On its way still: nothing to tell.
  case passing
}
