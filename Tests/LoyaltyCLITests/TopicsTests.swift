import Contracts
import Kafka
import LoyaltyCLI
import Testing

@Suite(.timeLimit(.minutes(10))) struct TopicsTests {
  private func spec(_ name: String, _ partitions: TopicSpec.Partitions) -> TopicSpec {
    TopicSpec(name: name, description: "d", key: "k", partitions: partitions, config: [])
  }

  @Test func newTopicsGetAsManyPartitionsAsThoseBeside() {
    let specs = [spec("a", .members), spec("b", .members), spec("c", .count(1))]
    let existing = [
      TopicPlan.Existing(name: "a", partitions: 12, config: [:]),
      TopicPlan.Existing(name: "c", partitions: 1, config: [:]),
    ]
    #expect(MemberPartitions.inUse(specs: specs, existing: existing) == 12)
    #expect(MemberPartitions.inUse(specs: specs, existing: []) == nil)
    let disagreeing = existing + [TopicPlan.Existing(name: "b", partitions: 6, config: [:])]
    #expect(MemberPartitions.inUse(specs: specs, existing: disagreeing) == nil)
  }

  /// Values that Kafka's own `Utils.murmur2` gives (UtilsTest.testMurmur2), through `toPositive` and a modulo.
  @Test(arguments: [
    ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
    ("a-little-bit-longer-string", -1_486_304_829), ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
    ("abc", 479_470_107),
  ])
  func partitionIsTheOneJavaGives(key: String, hash: Int) {
    for count in [1, 4, 6, 1000] {
      #expect(KafkaPartitioner.murmur2(key: key, partitionCount: count) == Int32((hash & 0x7FFF_FFFF) % count))
    }
  }
}
