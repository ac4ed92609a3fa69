import Loyalty
import ServiceDomain
import StreamRuntime

/// Whose a contact is: a row of the index, in the partition of the contact's digest.
package struct ContactRow: StoreRow, Equatable {
  /// A family may share a phone number.
  package var owners: [Owner] = []
  /// Owners beyond ``ownersMax``, counted only. While there are any, nobody is found by the contact.
  package var unnamed: Int64 = 0
  /// The kept purchases are more than are offered at once to the owner who enrolled.
  package var enrolment: Enrolment?

  package struct Owner: Equatable {
    package var memberId: String
    package var since: Instant
    package var isActive: Bool

    package init(memberId: String, since: Instant, isActive: Bool) {
      self.memberId = memberId
      self.since = since
      self.isActive = isActive
    }
  }

  package struct Enrolment: Equatable {
    package var memberId: String
    /// The key of the kept purchase that was offered last.
    package var after: String

    package init(memberId: String, after: String) {
      self.memberId = memberId
      self.after = after
    }
  }

  /// More than that do not share a contact: it is a placeholder, such as the shop's own phone.
  static let ownersMax = 16

  package static let format: UInt8 = 2

  /// An enrolment goes on as soon as it can.
  package var dueMs: Int64? { enrolment == nil ? nil : 0 }

  package init() {}

  package func encode(to row: RowEncoder) {
    row.list(owners) {
      row.string($0.memberId)
      row.int($0.since.milliseconds)
      row.bool($0.isActive)
    }
    row.int(unnamed)
    row.bool(enrolment != nil)
    if let enrolment {
      row.string(enrolment.memberId)
      row.string(enrolment.after)
    }
  }

  package init(from row: inout RowDecoder) throws {
    owners = try row.list {
      Owner(
        memberId: try $0.string(), since: try $0.instant(), isActive: try $0.bool())
    }
    unnamed = try row.count()
    if try row.bool() { enrolment = Enrolment(memberId: try row.string(), after: try row.string()) }
  }

  /// Adds an owner, or renews one.
  package mutating func add(_ owner: Owner, isNew: Bool) {
    if let index = owners.firstIndex(where: { $0.memberId == owner.memberId }) {
      owners[index].isActive = owner.isActive
    } else if isNew {
      if owners.count < Self.ownersMax { owners.append(owner) } else { unnamed += 1 }
    }
  }

  /// Removes somebody who was an owner. One who is gone is offered nothing more.
  package mutating func remove(_ memberId: String) {
    if let index = owners.firstIndex(where: { $0.memberId == memberId }) {
      owners.remove(at: index)
    } else if unnamed > 0 {
      unnamed -= 1
    }
    if enrolment?.memberId == memberId { enrolment = nil }
  }

  package var isEmpty: Bool { owners.isEmpty && unnamed == 0 }

  /// The members whose purchases those named by this contact are: the active ones, or where there is none, all. Not all
  /// of them while some are unnamed.
  package var holders: [String] {
    let active = owners.filter(\.isActive)
    return (active.isEmpty ? owners : active).map(\.memberId)
  }
}
