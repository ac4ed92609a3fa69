import Synchronization
import Threads

/// An HTTP/1.1 server, with or without TLS.
///
/// One thread serves all connections, so that slow clients cost memory and no thread; handlers run on a few threads
/// more and may block, unless their route says that they run on the first (`Route.Place.loop`).
package final class HTTPServer: Sendable {
  /// Where it listens, with the port it really got.
  package let address: SocketAddress
  private let mailbox: LoopMailbox
  private let pool: HandlerPool
  private let thread: OwnedThread
  private let isStopped = Atomic(false)

  /// Listens and serves at once. Throws when the address cannot be had or the system gives no thread.
  package init(
    _ address: SocketAddress, _ router: Router, settings: ServerSettings = ServerSettings(), tls: ServerTLS? = nil,
    hooks: ServerHooks = ServerHooks()
  ) throws(OSError) {
    precondition(
      settings.connectionsMax > 0 && settings.connectionsPerAddressMax > 0 && settings.handlerThreads > 0,
      "a server has room for a connection and a handler at least")
    let listener = try ListenSocket(address)
    self.address = listener.address
    let mailbox = try LoopMailbox()
    let pool = try HandlerPool(
      settings.threadName, threads: router.usesPool ? settings.handlerThreads : 0,
      waitingMax: settings.requestsWaitingMax, mailbox: mailbox)
    self.mailbox = mailbox
    self.pool = pool
    do throws(OSError) {
      let loop = try EventLoop(listener, router, settings, hooks, tls: tls, mailbox: mailbox, pool: pool)
      thread = try OwnedThread(settings.threadName) { loop.run() }
    } catch {
      pool.close()
      throw error
    }
  }

  deinit {
    precondition(isStopped.load(ordering: .acquiring), "HTTPServer was not stopped")
  }

  /// Accepts no more, answers what is under way, closes the connections and joins the threads. What is not answered
  /// `withinMs` is cut off; a handler that runs even then is waited for, since a thread cannot be taken from it.
  /// Blocks. Does nothing the second time.
  package func stop(withinMs: Int = 5_000) {
    guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
    mailbox.stop(withinMs: withinMs)
    do { try thread.join() } catch { preconditionFailure("the HTTP thread threw \(error)") }
    pool.close()
  }
}
