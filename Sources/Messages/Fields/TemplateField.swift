import Loyalty

/// A named place in a template that something of a message stands in.
package struct TemplateField: Equatable, Sendable {
  package let name: String
  package let kind: Kind
  /// Else a template asks with `{{#if}}` whether there is one.
  package let isAlways: Bool
  /// What it says, for the table in docs/templates.md.
  package let means: String

  package enum Kind: String, Sendable {
    case text
    /// A whole number, told in the language's way; plural forms go by it.
    case points
    case factor
    case day
    /// A day and a time.
    case moment
    /// The last day of something, or the minute where it lasts no whole day.
    case end
    /// There or not; it says nothing itself.
    case flag
    /// A whole link.
    case link
    /// `#8a4b2a`.
    case color
  }

  init(_ name: String, _ kind: Kind, isAlways: Bool = false, _ means: String) {
    self.name = name
    self.kind = kind
    self.isAlways = isAlways
    self.means = means
  }
}

/// What stands in a field.
package enum FieldValue: Equatable, Sendable {
  case text(String)
  case points(Points)
  case factor(ExactDecimal)
  case day(Instant)
  case moment(Instant)
  /// Gone at `end`; told as the last of it, which began at `from`.
  case end(Instant, from: Instant)
  case flag
  /// Begins with https:, http: or mailto:.
  case link(String)
  case color(String)
}

/// What a message has to say: the values of a template's fields. What is not there is left out.
package struct TemplateFacts: Equatable, Sendable {
  package var values: [String: FieldValue]
  /// Days are told in the programme's time zone.
  package var calendar: ZoneCalendar

  package init(_ values: [String: FieldValue], calendar: ZoneCalendar) {
    self.values = values
    self.calendar = calendar
  }

  /// Whether `{{#if}}` takes it for there: a text that is empty is none.
  func has(_ name: String) -> Bool {
    switch values[name] {
    case nil, .text("")?, .link("")?: false
    default: true
    }
  }
}
