/// A group's committed offset, the next record to read, with the note that was committed beside it.
package struct CommittedOffset: Equatable, Sendable {
  package var offset: Int64
  package var note: OffsetNote

  package init(_ offset: Int64, _ note: OffsetNote) {
    self.offset = offset
    self.note = note
  }
}

/// Who has committed an offset: the text that Kafka keeps beside it.
package enum OffsetNote: Equatable, Sendable {
  /// Release 0.1.0, or Kafka's own tools.
  case none
  /// A worker, in one transaction with a row of its store that says the same.
  case kept
  /// An operator, for whom everything from this offset up to the committed one is given up.
  case accepted(from: Int64)

  private static let keptText = "kept"
  private static let acceptedPrefix = "accepted-loss from="

  package init(_ text: String?) {
    if text == Self.keptText {
      self = .kept
    } else if let text, text.hasPrefix(Self.acceptedPrefix), let from = Int64(text.dropFirst(Self.acceptedPrefix.count))
    {
      self = .accepted(from: from)
    } else {
      self = .none
    }
  }

  package var text: String? {
    switch self {
    case .none: nil
    case .kept: Self.keptText
    case .accepted(let from): "\(Self.acceptedPrefix)\(from)"
    }
  }
}
