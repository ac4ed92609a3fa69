import Contracts
import Loyalty

/// What a template's author may want to mend before it is published, found by writing it with sample facts.
package struct TemplateLint {
  /// One a line: the place, and what is there.
  package private(set) var remarks: [String] = []
  /// What an SMS takes, by language and sample.
  package private(set) var segments: [Segments] = []

  package struct Segments: Equatable, Sendable {
    package let language: Language
    package let sample: SampleCase
    /// In the GSM alphabet, letters without their marks.
    package let plain: SMSForm
    /// As written.
    package let marked: SMSForm
  }

  /// What `--sms-segments-max` of the notifier is by default.
  private static let segmentsMax = 3
  private static let unsubscribeUrl = "https://example.com/u/sample"
  private static let light = HTMLContrast.Colors(text: color("#1c2024"), background: .white)
  private static let dark = HTMLContrast.Colors(text: color("#e9ebee"), background: color("#23262c"))

  private static func color(_ text: String) -> BrandColor { BrandColor(text) ?? .black }

  package init(_ template: MessageTemplate, brand: Brand, calendar: ZoneCalendar) {
    for language in template.languages {
      guard let texts = template.texts[language] else { continue }
      let all: [(String, [TemplatePart]?)] = [
        ("text", texts.text), ("html", texts.html), ("sms", texts.sms),
        ("push", texts.push.map { $0.title + $0.body }),
      ]
      for (name, parts) in all {
        guard let parts else { continue }
        let place = "\(language.rawValue).\(name)"
        let said = TemplatePart.fieldNames(in: parts)
        for field in template.kind.mustSay where !said.contains(field) { note(place, "does not say {{\(field)}}") }
        if name == "html", texts.isDocument, !said.contains("unsubscribeUrl") {
          note(place, "is a whole document without {{unsubscribeUrl}}: who wants no more of these finds no way out")
        }
        look(place, parts, language)
      }
      look("\(language.rawValue).subject", texts.subject, language)
      for sample in SampleCase.allCases {
        let facts = sample.facts(template.kind, unsubscribeUrl: Self.unsubscribeUrl, calendar: calendar)
        look(at: template, texts, language, sample, brand.added(to: facts))
      }
    }
  }

  private mutating func note(_ place: String, _ remark: String) {
    let line = "\(place) \(remark)"
    if !remarks.contains(line) { remarks.append(line) }
  }

  private mutating func look(_ place: String, _ parts: [TemplatePart], _ language: Language) {
    for field in TemplatePart.unasked(in: parts).sorted() {
      note(place, "says {{\(field)}}, which is not always there: put it in {{#if \(field)}}…{{/if}}")
    }
    for form in TemplatePart.missingForms(in: parts, language).sorted() {
      note(place, "has a {{#plural}} without {{\(form)}}, which the language has")
    }
  }

  private mutating func look(at push: PushText?, _ language: Language, _ sample: SampleCase) {
    guard let push else { return }
    let parts = [
      ("title", push.title, PushText.titleAdvised), ("body", push.body, PushText.bodyAdvised),
    ]
    for (name, text, advised) in parts {
      let place = "\(language.rawValue).push.\(name)"
      if text.isEmpty { note(place, "is empty with the sample \(sample.rawValue): subject and SMS stand for it then") }
      if text.count > advised {
        note(
          place,
          "has \(text.count) characters with the sample \(sample.rawValue); phones show \(advised) or so")
      }
    }
  }

  private mutating func look(
    at template: MessageTemplate, _ texts: TemplateTexts, _ language: Language, _ sample: SampleCase,
    _ facts: TemplateFacts
  ) {
    let renderer = TemplateRenderer(facts: facts, language: language)
    let sms = Whitespace.line(renderer.text(of: texts.sms))
    let taken = Segments(
      language: language, sample: sample, plain: SMSText(sms, .plain).form, marked: SMSText(sms, .marked).form)
    segments.append(taken)
    if taken.plain.segments > Self.segmentsMax {
      note(
        "\(language.rawValue).sms",
        "takes \(taken.plain.segments) segments with the sample \(sample.rawValue); the notifier sends "
          + "\(Self.segmentsMax) unless --sms-segments-max says more")
    }
    look(at: PushText(texts, renderer), language, sample)
    guard let parts = texts.html else { return }
    let place = "\(language.rawValue).html"
    let pieces = HTMLScanner.pieces(of: renderer.text(of: parts))
    let inText = SaidNumbers.inText(renderer.text(of: texts.text))
    let inHTML = SaidNumbers.inHTML(pieces)
    if inText != inHTML {
      let odd = inText.symmetricDifference(inHTML).sorted().joined(separator: ", ")
      note(place, "says other numbers than the text with the sample \(sample.rawValue): \(odd)")
    }
    for (page, name) in texts.isDocument ? [(Self.light, "")] : [(Self.light, ""), (Self.dark, " where it is dark")] {
      for fault in HTMLContrast.faults(in: pieces, on: page) {
        let ratio = "\((fault.contrast * 10).rounded(.down) / 10)"
        note(
          place,
          "has text that is hard to read\(name), \(ratio) : 1 where \(HTMLContrast.least) is asked for: "
            + "\(fault.text.toldWithin(40))")
      }
    }
  }
}

extension PushText {
  fileprivate init?(_ texts: TemplateTexts, _ renderer: TemplateRenderer) {
    guard let parts = texts.push else { return nil }
    self.init(
      title: Whitespace.line(renderer.text(of: parts.title)), body: Whitespace.line(renderer.text(of: parts.body)))
  }
}

extension TemplatePart {
  /// Plural forms that a language has and a template lacks.
  static func missingForms(in parts: [TemplatePart], _ language: Language) -> Set<String> {
    parts.reduce(into: []) { missing, part in
      switch part {
      case .literal, .field: break
      case .choice(let branches, let otherwise):
        for branch in branches { missing.formUnion(missingForms(in: branch.parts, language)) }
        missing.formUnion(missingForms(in: otherwise, language))
      case .plural(_, let forms):
        missing.formUnion(language.pluralForms.filter { forms[$0] == nil }.map(\.rawValue))
        for form in forms.values { missing.formUnion(missingForms(in: form, language)) }
      }
    }
  }
}
