import Foundation

/// The languages of the page.
package enum PageLanguage: String, CaseIterable, Sendable {
  case vietnamese = "vi"
  case english = "en"

  /// What the address asks for, else the browser's first that there is, else English.
  /// - Parameter accepted: `Accept-Language` (RFC 9110 §12.5.4).
  package static func choose(asked: String?, accepted: String?) -> PageLanguage {
    if let language = asked.flatMap({ PageLanguage(rawValue: $0.lowercased()) }) { return language }
    let ranges = (accepted ?? "").split(separator: ",").prefix(20).enumerated().compactMap { order, range in
      let parts = range.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      guard let tag = parts.first, let primary = tag.split(separator: "-").first,
        let language = PageLanguage(rawValue: String(primary))
      else { return nil as (language: PageLanguage, weight: Double, order: Int)? }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      return weight > 0 ? (language, weight, order) : nil
    }
    return ranges.max { ($0.weight, -$0.order) < ($1.weight, -$1.order) }?.language ?? .english
  }

  /// Its own name.
  var name: String {
    switch self {
    case .vietnamese: "Tiếng Việt"
    case .english: "English"
    }
  }
}
