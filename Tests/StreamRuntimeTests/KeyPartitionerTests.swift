import Partitioning
import Testing

@Suite(.timeLimit(.minutes(10))) struct KeyPartitionerTests {
  /// The hashes are those of Apache Kafka's own test of its `murmur2`.
  @Test(arguments: [
    ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
    ("a-little-bit-longer-string", -1_486_304_829), ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
    ("abc", 479_470_107),
  ])
  func keysLieWhereJavaPutsThem(key: String, hash: Int) {
    for count in [1, 2, 7, 48] {
      let expected = Int32((hash & 0x7FFF_FFFF) % count)
      #expect(Array(key.utf8).withUnsafeBytes { KeyPartitioner.partition(of: $0, among: count) } == expected)
    }
  }
}
