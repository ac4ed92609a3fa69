import Contracts
import Signing
import StreamRuntime

/// How far one message has come with a member's several devices: one after the other, each by an attempt of its own.
///
///     open ──▶ under way ──▶ taken | gone | refused
///       ▲          └──▶ put off ─┐
///       └──── the next round ◀───┘
///
/// A device stands here by a digest of its token. When each has had its turn and some were put off, another round takes
/// these alone.
package struct PushProgress: Equatable, Sendable {
  package private(set) var marks: [Mark] = []
  /// The first is 1.
  package private(set) var round = 1
  /// What Firebase calls it, of the device that took it first.
  package private(set) var messageName: String?
  /// Nobody knows of one device whether it has it.
  package private(set) var isUnclear = false
  /// Why a device was put off, or did not take it, last.
  package private(set) var reason: String?

  package struct Mark: Equatable, Sendable {
    let device: String
    var state: State
  }

  package enum State: String, CaseIterable, Sendable {
    case underWay = "under-way"
    case taken, gone, refused
    case putOff = "put-off"
  }

  package init() {}

  package static func digest(of device: MemberDevice) -> String {
    PlainDigest.sha256(of: Array(device.token.utf8)).prefix(digestBytes)
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static let digestBytes = 12

  /// It is as good as delivered.
  package var isTaken: Bool { has(.taken) }
  package var hasPutOff: Bool { has(.putOff) }

  private func has(_ state: State) -> Bool { marks.contains { $0.state == state } }

  /// The one whose turn it is; nil: each has had its turn.
  package func next(of devices: [MemberDevice]) -> MemberDevice? {
    devices.first { device in
      let digest = Self.digest(of: device)
      return !marks.contains { $0.device == digest }
    }
  }

  package func underWay(of devices: [MemberDevice]) -> MemberDevice? {
    guard let mark = marks.first(where: { $0.state == .underWay }) else { return nil }
    return devices.first { Self.digest(of: $0) == mark.device }
  }

  package mutating func begin(_ device: MemberDevice) {
    marks.removeAll { $0.state == .underWay }
    marks.append(Mark(device: Self.digest(of: device), state: .underWay))
  }

  /// The one under way has had its turn.
  package mutating func end(_ state: State, _ reason: SendReason? = nil, isUnclear: Bool = false) {
    guard let index = marks.firstIndex(where: { $0.state == .underWay }) else { return }
    marks[index].state = state
    if let reason { self.reason = reason.code }
    self.isUnclear = self.isUnclear || isUnclear
  }

  package mutating func taken(as name: String?) {
    end(.taken)
    messageName = messageName ?? name
  }

  /// It was not tried, or has its turn again in this round.
  package mutating func takeBack() { marks.removeAll { $0.state == .underWay } }

  package mutating func beginRound() {
    round += 1
    marks.removeAll { $0.state == .underWay || $0.state == .putOff }
  }

  // MARK: Rows

  func encode(to row: RowEncoder) {
    row.list(marks) {
      row.string($0.device)
      row.string($0.state.rawValue)
    }
    row.int(round)
    row.optionalString(messageName)
    row.bool(isUnclear)
    row.optionalString(reason)
  }

  init(from row: inout RowDecoder) throws {
    marks = try row.list { row in
      let device = try row.string()
      let word = try row.string()
      guard let state = State(rawValue: word) else { throw RowFormatError("a device that is \(word)") }
      return Mark(device: device, state: state)
    }
    round = Int(try row.count())
    messageName = try row.optionalString()
    isUnclear = try row.bool()
    reason = try row.optionalString()
  }
}
