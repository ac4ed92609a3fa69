/// A piece of a template that was read. Rendering walks over these once, so what it writes is bounded by them and by
/// the fields' values.
package indirect enum TemplatePart: Equatable, Sendable {
  case literal(String)
  case field(TemplateField, in: FieldPlace)
  /// The first branch whose test holds; else `otherwise`.
  case choice([Branch], otherwise: [TemplatePart])
  /// By the language's plural form of a number; a form that is not there is `other`.
  case plural(of: String, [PluralForm: [TemplatePart]])

  package struct Branch: Equatable, Sendable {
    let test: Test
    let parts: [TemplatePart]
  }

  /// Whether a field is there.
  package struct Test: Equatable, Sendable {
    let field: String
    let isNegated: Bool
  }
}

/// Where a field stands, and so what must be escaped.
package enum FieldPlace: Equatable, Sendable {
  /// The text of an e-mail or an SMS, and a subject.
  case plain
  /// Between the tags of HTML.
  case markup
  /// In the quotes of an HTML attribute.
  case attribute
  /// The same: a whole link.
  case link
  /// The same: behind the beginning of a link.
  case linkPart
}

extension TemplatePart {
  /// Every field that is said or asked for.
  static func fieldNames(in parts: [TemplatePart]) -> Set<String> {
    parts.reduce(into: []) { names, part in
      switch part {
      case .literal: break
      case .field(let field, _): names.insert(field.name)
      case .choice(let branches, let otherwise):
        for branch in branches { names.formUnion(fieldNames(in: branch.parts).union([branch.test.field])) }
        names.formUnion(fieldNames(in: otherwise))
      case .plural(let name, let forms):
        names.insert(name)
        for form in forms.values { names.formUnion(fieldNames(in: form)) }
      }
    }
  }

  /// The fields that may be missing and are said where nobody asked whether they are there.
  static func unasked(in parts: [TemplatePart], asked: Set<String> = []) -> Set<String> {
    parts.reduce(into: []) { names, part in
      switch part {
      case .literal: break
      case .field(let field, _): if !field.isAlways, !asked.contains(field.name) { names.insert(field.name) }
      case .choice(let branches, let otherwise):
        // Behind a branch that asks for a field's absence it is there.
        var known = asked
        for branch in branches {
          let isThere = branch.test.isNegated ? known : known.union([branch.test.field])
          names.formUnion(unasked(in: branch.parts, asked: isThere))
          if branch.test.isNegated { known.insert(branch.test.field) }
        }
        names.formUnion(unasked(in: otherwise, asked: known))
      case .plural(_, let forms):
        for form in forms.values { names.formUnion(unasked(in: form, asked: asked)) }
      }
    }
  }
}

/// What is wrong at one place of a template's text.
package struct TemplateFault: Equatable, Sendable, CustomStringConvertible {
  /// From 1 on.
  package let line: Int
  package let column: Int
  package let problem: String

  package var description: String { "line \(line), column \(column): \(problem)" }
}
