import Loyalty

/// Puts facts into a template. It cannot fail: what is missing is written as nothing.
struct TemplateRenderer {
  let facts: TemplateFacts
  let language: Language

  func text(of parts: [TemplatePart]) -> String {
    var output = ""
    write(parts, to: &output)
    return output
  }

  private func write(_ parts: [TemplatePart], to output: inout String) {
    for part in parts {
      switch part {
      case .literal(let text): output += text
      case .field(let field, let place): output += value(of: field, in: place)
      case .choice(let branches, let otherwise):
        let taken = branches.first { facts.has($0.test.field) != $0.test.isNegated }
        write(taken?.parts ?? otherwise, to: &output)
      case .plural(let name, let forms):
        guard case .points(let count)? = facts.values[name] else { continue }
        write(forms[language.pluralForm(of: count)] ?? forms[.other] ?? [], to: &output)
      }
    }
  }

  private func value(of field: TemplateField, in place: FieldPlace) -> String {
    guard let told = told(facts.values[field.name]) else { return "" }
    return switch place {
    case .plain: Escaping.line(told)
    case .markup, .attribute: Escaping.markup(told)
    case .link: Escaping.link(told)
    case .linkPart: Escaping.linkPart(told)
    }
  }

  private func told(_ value: FieldValue?) -> String? {
    switch value {
    case .text(let text)?, .link(let text)?: text
    // It may stand in a style, where nothing else must.
    case .color(let color)?: BrandColor(color).map(\.hexadecimal)
    case .points(let points)?: language.number(points)
    case .factor(let factor)?: language.factor(factor)
    case .day(let instant)?: language.day(instant, facts.calendar)
    case .moment(let instant)?: language.moment(instant, facts.calendar)
    case .end(let end, let start)?: language.last(before: end, from: start, facts.calendar)
    case .flag?, nil: nil
    }
  }
}
