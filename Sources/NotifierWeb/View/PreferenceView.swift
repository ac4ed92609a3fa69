import Contracts
import ServiceDomain
import Synchronization

/// What members want now, as `loyalty.preferences` has it: for the page that shows it. In memory, some twenty bytes a
/// member who has ever said something, and of no more of them than it is told; kept by a digest of the member's id.
package final class PreferenceView: Sendable {
  private let membersMax: Int
  private let state = Mutex(State())
  /// It keeps ids out of sight and short, and is no secret.
  private static let digester = ContactDigester(secret: "")

  private struct State {
    var members: [ContactDigest: UInt32] = [:]
    var isFull = false
    /// All that lay on the topic at this instant has been taken in.
    var currentAsOf: ContinuousClock.Instant?
  }

  /// Without news for so long it counts as behind.
  package static let staleAfter: Duration = .seconds(30)

  package enum Answer: Equatable, Sendable {
    /// What was said of each channel and topic; the others are as they were from the start.
    case said([Preference])
    /// It cannot tell: the topic has not been read up to its end lately, or there are more members than it keeps.
    case unknown
  }

  package init(membersMax: Int) { self.membersMax = membersMax }

  // MARK: What the reader tells

  /// A record of the topic: its key, and its value; nil is a tombstone. Throws a `ContractViolation`.
  package func take(_ memberId: String, _ value: UnsafeRawBufferPointer?) throws {
    let digest = Self.digester.digest("member", memberId)
    guard let value, !value.isEmpty else { return state.withLock { $0.members[digest] = nil } }
    let packed = Self.pack(try MemberPreferences(decoding: value).settings.map(\.preference))
    state.withLock { state in
      if state.members[digest] != nil || state.members.count < membersMax {
        state.members[digest] = packed
      } else {
        state.isFull = true
      }
    }
  }

  package func isCurrent(asOf instant: ContinuousClock.Instant) { state.withLock { $0.currentAsOf = instant } }

  /// The topic is read again from its beginning.
  package func forget() { state.withLock { $0 = State() } }

  // MARK: What it answers

  package func said(by memberId: String, now: ContinuousClock.Instant = .now) -> Answer {
    let digest = Self.digester.digest("member", memberId)
    return state.withLock { state in
      guard let asOf = state.currentAsOf, asOf.duration(to: now) < Self.staleAfter else { return .unknown }
      if let packed = state.members[digest] { return .said(Self.unpack(packed)) }
      return state.isFull ? .unknown : .said([])
    }
  }

  /// Whether it has been read up to its end once.
  package var wasCurrent: Bool { state.withLock { $0.currentAsOf != nil } }

  package func isBehind(now: ContinuousClock.Instant = .now) -> Bool {
    state.withLock { state in state.currentAsOf.map { $0.duration(to: now) >= Self.staleAfter } ?? true }
  }

  package var memberCount: Int { state.withLock { $0.members.count } }
  package var isFull: Bool { state.withLock { $0.isFull } }

  // MARK: Two bits a pair of channel and topic: never said, wanted, not wanted

  private static let pairs = Preference.all(isWanted: true)

  private static func pack(_ preferences: [Preference]) -> UInt32 {
    pairs.enumerated().reduce(0) { packed, pair in
      let (place, wanted) = pair
      let said = preferences.last { $0.channel == wanted.channel && $0.topic == wanted.topic }
      guard let said else { return packed }
      return packed | (said.isWanted ? 1 : 2) << UInt32(2 * place)
    }
  }

  private static func unpack(_ packed: UInt32) -> [Preference] {
    pairs.enumerated().compactMap { place, wanted in
      switch packed >> UInt32(2 * place) & 3 {
      case 1: wanted
      case 2: Preference(wanted.channel, wanted.topic, isWanted: false)
      default: nil
      }
    }
  }
}
