import Loyalty
import StreamRuntime

/// Whose a contact is: a row of the index, in the partition of the contact's digest.
struct ContactRow: StoreRow, Equatable {
  /// A family may share a phone number.
  var owners: [Owner] = []

  struct Owner: Equatable {
    var memberId: String
    var since: Instant
    var isActive: Bool
  }

  /// More than that do not share a contact: it is a placeholder, and nobody is found by it.
  static let ownersMax = 16

  private static let format: UInt8 = 1

  var dueMs: Int64? { nil }

  init() {}

  func encode(to row: RowEncoder) {
    row.byte(Self.format)
    row.list(owners) {
      row.string($0.memberId)
      row.int($0.since.milliseconds)
      row.bool($0.isActive)
    }
  }

  init(from row: inout RowDecoder) throws {
    try row.expectFormat(Self.format, of: "a contact")
    owners = try row.list {
      Owner(
        memberId: try $0.string(), since: Instant(milliseconds: try $0.int()), isActive: try $0.bool())
    }
  }

  /// Adds or renews an owner; says whether it is a new one.
  mutating func add(_ owner: Owner) -> Bool {
    if let index = owners.firstIndex(where: { $0.memberId == owner.memberId }) {
      owners[index].isActive = owner.isActive
      return false
    }
    guard owners.count < Self.ownersMax else { return false }
    owners.append(owner)
    return true
  }

  /// The members whose purchases those named by this contact are: the active ones, or where there is none, all.
  var holders: [String] {
    let active = owners.filter(\.isActive)
    return (active.isEmpty ? owners : active).map(\.memberId)
  }
}
