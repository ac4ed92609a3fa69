/// Whether a member's account in a programme may be used.
///
/// ```
/// active ──freeze──▶ frozen
///    ▲                │  │
///    └───unfreeze─────┘  │
///    │                   ▼
///    └────close──────▶ closed        (for good)
/// ```
package enum Standing: Equatable, Sendable {
  case active
  /// Awards stay pending and nothing can be spent. What is available runs out as ever.
  case frozen(since: Instant)
  /// Nothing is earned, spent or received. What is left, pending points too, expires at `endsAt`.
  case closed(since: Instant, endsAt: Instant)

  package var name: Name {
    switch self {
    case .active: .active
    case .frozen: .frozen
    case .closed: .closed
    }
  }

  /// What statements call it.
  package enum Name: String, Sendable, CaseIterable {
    case active, frozen, closed
  }

  /// Why nothing can be spent; nil: it can.
  var refusal: RefusalCode? {
    switch self {
    case .active: nil
    case .frozen: .accountFrozen
    case .closed: .accountClosed
    }
  }

  /// Whether the account was closed before or when something occurred.
  func isClosed(at instant: Instant) -> Bool {
    guard case .closed(let since, _) = self else { return false }
    return since <= instant
  }

  var isFrozen: Bool { name == .frozen }
}
