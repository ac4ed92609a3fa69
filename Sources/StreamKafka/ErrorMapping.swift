import Kafka
import SQLite
import StreamRuntime

extension StreamError {
  /// What an error of Kafka calls for, outside a transaction.
  init(_ error: KafkaError, doing what: String) { self.init(error, error.fault, doing: what) }

  /// The same inside a transaction, which has ended by it.
  init(inTransaction error: KafkaError, doing what: String) { self.init(error, error.faultInTransaction, doing: what) }

  private init(_ error: KafkaError, _ fault: KafkaFault, doing what: String) {
    switch fault {
    case .passing: self.init(.waitForCluster, "\(what): \(error)")
    case .aborted, .renewed: self.init(.abortTransaction, "\(what): \(error)")
    case .missingTopic:
      self.init(
        .waitForTopic, "\(what): a topic does not exist (\(error)). Create it with `loyalty topics apply`")
    case .refused: self.init(.fatal, "\(what): \(error). \(error.remedy)")
    case .tooLarge: self.init(isolating: Misfit.outputTooLarge, "\(what): \(error)")
    case .fenced: self.init(takenOver: what, error)
    case .fatal: self.init(.fatal, "\(what): \(error)")
    }
  }

  /// Another process has this one's place.
  init(takenOver what: String, _ error: KafkaError) {
    self.init(
      .fenced,
      "\(what): another instance with the same name has taken over (\(error)). Give each instance its own --instance")
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

extension KafkaError {
  /// What an operator does about what the cluster refuses.
  var remedy: String {
    if isUnauthorized { return "Grant this client its rights (docs/security.md)" }
    if isUnauthenticated { return "Check security.protocol, the CA, and the user and password in --kafka-properties" }
    return "Check the settings of the broker and of its topics, and --kafka-properties"
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
