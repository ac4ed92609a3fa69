import Inquiry
import Loyalty

extension PublishPlan {
  package var name: String { "\(program.name) (\(program.id), version \(program.version))" }

  /// What a person reads before it is published.
  package var text: String {
    switch outcome {
    case .alreadyPublished, .needsReplace: rules
    case .first, .changes: ([rules] + effects.sentences(of: program).map { "  " + $0 }).joined(separator: "\n")
    }
  }

  private var rules: String {
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

extension PublishEffects {
  /// What somebody must know who publishes it, where there is anything out of the ordinary.
  package func sentences(of program: Program) -> [String] {
    var told: [String] = []
    let from = program.effectiveFrom.rfc3339
    if isNeverInForce {
      told.append("It will never be in force: a version with a higher number takes effect at the same instant.")
    } else if let followedBy {
      let instead = takesOverFrom.map { ", instead of version \($0)" } ?? ""
      told.append(
        "It counts from \(from) until \(followedBy.at.rfc3339)\(instead); then version \(followedBy.version) does, as now."
      )
    } else if let takesOverFrom {
      if reachesBack { told.append("It counts from \(from) on, instead of version \(takesOverFrom).") }
    }
    if reachesBack, !isNeverInForce {
      told.append(
        "\(from) is past: what was booked since stays as it was booked; purchases of that time that come late are rated "
          + "by it.")
    }
    for version in neverAnyMore { told.append("Version \(version) will never be in force any more.") }
    return told
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
