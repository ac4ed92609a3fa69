/// How much a server takes on, and how long it waits. Every one of them has an end.
package struct ServerSettings: Sendable {
  /// What its threads are called; the handlers' get a number behind it.
  package var threadName = "http"
  /// Connections at once. When all are taken, a new one takes the place of the one that has waited longest without a
  /// whole request, or to receive its answer, if that is longer than `evictableAfterMs`; otherwise it gets a 503.
  package var connectionsMax = 256
  /// The same for one address; of IPv6 for one network of 64 bits.
  package var connectionsPerAddressMax = 128
  package var evictableAfterMs = 1_000
  /// The request line and headers, with what the library keeps about them; more is a 431, or a 414 for the line alone.
  package var headBytesMax = 32 * 1024
  /// A request's body, where the route says nothing else; more is a 413.
  package var bodyBytesMax = 1 << 20
  /// The bodies of all requests under way; more is a 503.
  package var bodiesBytesMax = 64 << 20
  /// Threads that run handlers, when a route needs them.
  package var handlerThreads = 4
  /// Requests that wait for a handler thread; more is a 503.
  package var requestsWaitingMax = 64
  /// How long a connection may stay without a request after its last answer.
  package var idleMs = 15_000
  /// How long the head of a connection's first request may take, and the rest of any request after its first line. A
  /// request that takes longer is answered with 408.
  package var requestMs = 30_000
  /// How long a client may take to receive an answer.
  package var answerMs = 30_000

  package init() {}
}
