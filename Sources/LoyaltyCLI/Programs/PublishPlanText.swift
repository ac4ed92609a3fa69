import Inquiry
import Loyalty

extension PublishPlan {
  package var name: String { "\(program.name) (\(program.id), version \(program.version))" }

  /// What a person reads before it is published.
  package var text: String {
    switch outcome {
    case .alreadyPublished: "\(name) is published already"
    case .first:
      "\(name) is the first of its programme, \(program.status.rawValue) from \(program.effectiveFrom.rfc3339)"
    case .needsReplace(let diff): "\(name) is published already with other rules:\n\(diff.text(indent: "  "))"
    case .changes(let version, let diff):
      "\(name), \(program.status.rawValue) from \(program.effectiveFrom.rfc3339), against version \(version):\n"
        + diff.text(indent: "  ")
    }
  }
}

extension DocumentDiff {
  /// A line a difference.
  package func text(indent: String) -> String {
    differences.map { difference in
      switch difference {
      case .added(let path, let value): "\(indent)added    \(path): \(value.compact)"
      case .removed(let path, let value): "\(indent)removed  \(path): \(value.compact)"
      case .changed(let path, let old, let new): "\(indent)changed  \(path): \(old.compact) → \(new.compact)"
      case .moved(let path, let from): "\(indent)moved    \(path): was \(from)"
      }
    }.joined(separator: "\n")
  }
}
