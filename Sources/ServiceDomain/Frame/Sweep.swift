import StreamRuntime

/// Work on what is due. A service lists its sweeps; a call of ``Processor/runTimers(upToMs:limit:)`` has one budget for
/// all of them, in the order of the list.
package struct Sweep {
  /// Handles rows that are due at or before `upToMs`, at most `limit`, and says how many.
  package let run: (_ upToMs: Int64, _ limit: Int) throws -> Int

  package init(_ run: @escaping (_ upToMs: Int64, _ limit: Int) throws -> Int) { self.run = run }

  /// Hands each due row to `handle`, which must move its due instant on, clear it, or remove the row.
  package static func each<Key, Row>(
    _ store: Store<Key, Row>, _ handle: @escaping (_ key: Key, _ row: Row, _ nowMs: Int64) throws -> Void
  ) -> Sweep {
    Sweep { nowMs, limit in
      let due = try store.due(upToMs: nowMs, limit: limit)
      for (key, row) in due { try handle(key, row, nowMs) }
      return due.count
    }
  }

  /// Removes each row that is due.
  package static func forgetting<Key, Row>(_ store: Store<Key, Row>) -> Sweep {
    Sweep { nowMs, limit in try store.removeDue(upToMs: nowMs, limit: limit) }
  }
}
