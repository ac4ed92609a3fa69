import Kafka
import SQLite
import StreamRuntime

extension StreamError {
  /// What an error of Kafka calls for, outside a transaction.
  init(_ error: KafkaError, doing what: String) {
    if error.isFenced {
      self.init(
        .fenced,
        "\(what): another instance with the same name has taken over (\(error)). Give each instance its own --instance")
    } else if [.unknownTopicOrPartition, .unknownTopic, .unknownPartition].contains(error.code) {
      self.init(.fatal, "\(what): a topic does not exist (\(error)). Create it with `loyalty topics apply`")
    } else {
      self.init(.fatal, "\(what): \(error)")
    }
  }

  init(_ error: SQLiteError, doing what: String) {
    if error.isCorrupt {
      self.init(.rebuildStore, "\(what): the store is damaged and will be rebuilt from its changelog (\(error))")
    } else if error.isFull {
      self.init(.fatal, "\(what): the disk is full (\(error)). Free space and start again; nothing is lost")
    } else if error.isReadOnly || error.code == .cannotOpen {
      self.init(
        .fatal, "\(what): the state folder cannot be written (\(error)). Give this user write access and start again")
    } else if error.code == .ioError {
      self.init(
        .fatal,
        "\(what): the disk fails (\(error)). Start again with --state-dir on a sound one; the changelogs hold all of it"
      )
    } else if error.isBusy {
      self.init(
        .fatal,
        "\(what): another process holds the store (\(error)). Give each instance a --state-dir of its own, or stop the other one"
      )
    } else {
      self.init(.fatal, "\(what): \(error)")
    }
  }
}

func kafka<Result: ~Copyable>(_ what: String, _ body: () throws(KafkaError) -> Result) throws -> Result {
  do throws(KafkaError) {
    return try body()
  } catch {
    throw StreamError(error, doing: what)
  }
}

func sqlite<Result: ~Copyable>(_ what: @autoclosure () -> String, _ body: () throws(SQLiteError) -> Result) throws
  -> Result
{
  do throws(SQLiteError) {
    return try body()
  } catch {
    throw StreamError(error, doing: what())
  }
}
