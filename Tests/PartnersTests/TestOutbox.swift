import Curl
import Foundation
import Loyalty
import Partners
import TestServers
import Testing

/// The outbox run by hand, as its worker is to run it: state first, then the call, then what came of it. Its clock is
/// its own, and the server's is put on by as much.
final class TestOutbox {
  let adapter: any PartnerAdapter
  private(set) var deliveries: [String: PartnerDelivery] = [:]
  private(set) var told: [String: [PartnerNews]] = [:]
  private let name: PartnerAccount.AdapterName
  private let server: TestServer
  private let client: HTTPClient
  private let patience: PartnerPatience
  private var gate: PartnerGate
  private var now = TestPartners.start

  private static let stepsMax = 200

  struct Stuck: Error { let delivery: PartnerDelivery }

  static func run(
    _ name: PartnerAccount.AdapterName, timeoutMs: Int = 10_000, checksAnswers: Bool = false, isSealed: Bool = false,
    keyFile: String = "client.pem", _ body: (TestOutbox) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("partners-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try TestServer.run("PartnersTests/Servers/partners.py", [folder.path]) { server in
      if keyFile != "client.pem" {
        let key = folder.appendingPathComponent("client.pem")
        try FileManager.default.removeItem(at: key)
        try FileManager.default.copyItem(at: folder.appendingPathComponent(keyFile), to: key)
      }
      let account = try TestPartners.account(
        name, url: "http://127.0.0.1:\(server.port)/\(name.rawValue)", keys: folder.path,
        checksAnswers: checksAnswers, isSealed: isSealed)
      let client = try HTTPClient(TransferOptions(connectTimeoutMs: 5_000, timeoutMs: timeoutMs))
      defer { client.close() }
      try body(TestOutbox(name, account.adapter, server, client))
    }
  }

  private init(
    _ name: PartnerAccount.AdapterName, _ adapter: any PartnerAdapter, _ server: TestServer, _ client: HTTPClient
  ) {
    self.name = name
    self.adapter = adapter
    self.server = server
    self.client = client
    patience = PartnerPatience(terms: adapter.terms)
    gate = PartnerGate(adapter.terms)
  }

  func tell(_ line: String) throws {
    server.tell(line)
    // Lines about calls that nobody has read yet are kept.
    while true {
      let event = try server.next(anyOf: ["told", "call", "issued"])
      if event["event"] as? String == "told" { return }
      seen.append(event)
    }
  }

  private var seen: [[String: Any]] = []

  /// Orders, and goes on until nothing is to come; time passes as fast as it may.
  func order(_ id: String, product: String? = nil, quantity: Int = 1) throws {
    let order = TestPartners.order(name, id: id, product: product, quantity: quantity, at: now)
    deliveries[id] = try TestPartners.delivery(order, adapter)
    var steps = 0
    while var delivery = deliveries[id], !delivery.isSettled {
      guard steps < Self.stepsMax, let due = delivery.dueAt else { throw Stuck(delivery: delivery) }
      steps += 1
      if now < due { try wait(until: due) }
      guard gate.mayCall(at: now) else {
        try wait(until: now.adding(30))
        continue
      }
      let step = delivery.next(at: now, mayCall: true, patience)
      // The row is what outlives a crash: the call is made from it.
      deliveries[id] = PartnerDelivery(json: delivery.json)
      switch step {
      case .nothing: throw Stuck(delivery: delivery)
      case .told(let news): told[id, default: []].append(news)
      case .call(let call): try make(call, of: id)
      }
    }
  }

  private func make(_ call: PartnerCall, of id: String) throws {
    guard var delivery = deliveries[id] else { return }
    gate.called(at: now)
    let news: PartnerNews?
    switch call {
    case .issue(let call):
      let verdict = adapter.verdict(try send(try #require(adapter.issue(call))), to: call)
      _ = gate.take(verdict, at: now)
      news = delivery.take(verdict, of: call, at: now, patience)
    case .status(let call):
      let verdict = adapter.verdict(try send(adapter.status(call.reference)), to: call)
      _ = gate.take(verdict, at: now)
      news = delivery.take(verdict, of: call, at: now, patience)
    }
    deliveries[id] = delivery
    if let news { told[id, default: []].append(news) }
  }

  func send(_ request: PartnerRequest) throws -> PartnerAnswer { try TestPartners.send(request, by: client) }

  private func wait(until instant: Instant) throws {
    let minutes = Double(instant.milliseconds - now.milliseconds) / 60_000
    now = instant
    try tell(#"{"minutes": \#(minutes)}"#)
  }

  /// Every call that the server has seen, with its answer.
  func calls() throws -> [String] {
    try tell("{}")
    return seen.filter { $0["event"] as? String == "call" }.map { "\($0["kind"] ?? "") \($0["answer"] ?? "")" }
  }

  /// How often the server gave something for each order.
  func issuedThere() throws -> [String: Int] {
    try tell("{}")
    let prefix = adapter.referencePrefix
    return seen.filter { $0["event"] as? String == "issued" }.reduce(into: [:]) { counts, event in
      let reference = event["reference"] as? String ?? ""
      counts[String(reference.dropFirst(prefix.count)), default: 0] += 1
    }
  }

  /// What a reconciliation finds, by the statement where there is one, else by asking for each order.
  func reconciled() throws -> [Reconciliation.Finding] {
    let held = Array(deliveries.values)
    guard let request = adapter.statement(of: TestPartners.day, page: 1) else {
      return try held.compactMap { delivery in
        let verdict = try status(of: delivery)
        return Reconciliation.finding(delivery, verdict)
      }
    }
    let page = try #require(adapter.statement(try send(request)))
    let found = Reconciliation(held: held, statement: page.elements, isWhole: page.pages == 1)
    #expect(found.toAsk.isEmpty && found.agreed == held.count)
    return found.findings
  }

  private func status(of delivery: PartnerDelivery) throws -> StatusVerdict {
    let answer = try send(adapter.status(delivery.reference))
    return delivery.order.quantity == 1 ? adapter.trialVerdict(answer) : .unknown(code: "not compared")
  }
}
