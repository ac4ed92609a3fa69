/// Why a partition takes nothing more until an operator has decided: its input is not what it was, or what the group
/// and the store say of it cannot both be true.
struct InputStop: Equatable, CustomStringConvertible {
  enum Cause: Equatable {
    /// Records were deleted before they were processed: the topic begins at this offset.
    case lost(begins: Int64)
    /// The topic ends before what is processed.
    case endsBefore(ends: Int64)
    /// At the offset of the last record that was processed lies another one.
    case recreated
    /// Another offset is committed for the group than the store keeps.
    case contradiction(committed: CommittedOffset)
    /// The position is of another cluster, and the group has none on this one.
    case otherCluster(String)
    /// The store holds rows, and neither it nor the group says what they were made of.
    case unknown
  }

  let service: String
  let place: TopicPartition
  /// The next record to process, as the store keeps it.
  let next: Int64
  let cause: Cause

  /// Records that are gone; 0 where nobody can tell how many.
  var lostRecords: Int64 {
    if case .lost(let begins) = cause { begins - next } else { 0 }
  }

  /// Where the topic can be taken up again.
  var upTo: Int64 {
    switch cause {
    case .lost(let begins): begins
    case .contradiction(let committed): committed.offset
    case .endsBefore, .recreated, .otherCluster, .unknown: 0
    }
  }

  var description: String { "\(found). \(remedy)" }

  private var found: String {
    switch cause {
    case .lost(let begins):
      "\(place) lost \(begins - next) records before they were processed: it begins at offset \(begins), and next was "
        + "\(next)"
    case .endsBefore(let ends):
      "\(place) ends at offset \(ends), but all before \(next) is processed: the topic was recreated or lost data"
    case .recreated:
      "\(place) holds another record before offset \(next) than the one that was processed: the topic was recreated"
    case .contradiction(let committed):
      "the group \(service) has committed \(committed.offset) of \(place), but the store stands at \(next): "
        + (committed.note == .kept && committed.offset > next
          ? "its changelogs have lost their ends" : "somebody has set the group's offset back")
    case .otherCluster(let cluster):
      "the store's position in \(place), \(next), is of another cluster (\(cluster)), and the group \(service) has none "
        + "here"
    case .unknown:
      "the store holds rows, but neither it nor the group \(service) says how far \(place) is processed"
    }
  }

  private var remedy: String {
    let command =
      "`loyalty offsets accept-loss \(service) --topic \(place.topic) --partition \(place.partition) --from \(next)"
    return switch cause {
    case .lost, .endsBefore, .recreated:
      "Bring the records back and start again; or go on without them: \(command) --up-to \(upTo)`"
    case .contradiction:
      "Go on as the store says, with --up-to \(next), or as the group says: \(command) --up-to \(upTo)`"
    case .otherCluster, .unknown:
      "Say where to go on: \(command) --up-to OFFSET`"
    }
  }
}
