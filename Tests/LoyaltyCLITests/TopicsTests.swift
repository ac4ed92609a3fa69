import Contracts
import Foundation
import LoyaltyCLI
import Testing

@Suite(.timeLimit(.minutes(10))) struct TopicsTests {
  private func spec(_ name: String, _ partitions: TopicSpec.Partitions) -> TopicSpec {
    TopicSpec(name: name, description: "d", key: "k", partitions: partitions, config: [])
  }

  @Test func newTopicsGetAsManyPartitionsAsThoseBeside() {
    let specs = [spec("a", .members), spec("b", .members), spec("c", .count(1))]
    let existing = [
      TopicPlan.Existing(name: "a", partitions: 12, replicationFactor: 3, config: [:]),
      TopicPlan.Existing(name: "c", partitions: 1, replicationFactor: 3, config: [:]),
    ]
    #expect(MemberPartitions.inUse(specs: specs, existing: existing) == 12)
    #expect(MemberPartitions.inUse(specs: specs, existing: []) == nil)
    let disagreeing = existing + [TopicPlan.Existing(name: "b", partitions: 6, replicationFactor: 3, config: [:])]
    #expect(MemberPartitions.inUse(specs: specs, existing: disagreeing) == nil)
  }

  @Test func topicsAreReadFromTheFoldersOfTheServicesToo() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "topics").path
    let names = Set(try TopicFiles.read(in: folder).map(\.name))
    #expect(names.isSuperset(of: Topic.allCases.map(\.name)))
    #expect(names.isSuperset(of: Service.allCases.map(Topic.deadLetters(of:))))
    #expect(throws: CommandFailure.self) { try TopicFiles.read(in: folder + "/nowhere") }
    #expect(throws: CommandFailure.self) { try TopicFiles.read(in: folder + "/pages") }
  }

  @Test func aTopicThatIsDescribedTwiceIsRefused() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let own = folder.appending(path: Service.pointsEngine.name)
    try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
    let text = #"{"name":"a","description":"b","key":"c","partitions":1,"config":{}}"#
    try Data(text.utf8).write(to: own.appending(path: "a.json"))
    #expect(try TopicFiles.read(in: folder.path).map(\.name) == ["a"])
    try Data(text.utf8).write(to: folder.appending(path: "a.json"))
    let failure = #expect(throws: CommandFailure.self) { try TopicFiles.read(in: folder.path) }
    #expect(failure.map { "\($0)".contains("described twice") } == true)
  }
}
