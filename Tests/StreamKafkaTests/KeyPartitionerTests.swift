import MockCluster
import Partitioning
import Testing

/// What the platform says of a key is what producers do with it.
@Suite(.timeLimit(.minutes(10))) struct ProducerPartitionerTests {
  @Test func platformAndProducersFindTheSamePartition() {
    for length in 0..<40 {
      for _ in 0..<50 {
        let key = (0..<length).map { _ in UInt8.random(in: 0...255) }
        let count = Int.random(in: 1...100)
        key.withUnsafeBytes { key in
          let own = KeyPartitioner.partition(of: key, among: count)
          #expect(own == MockCluster.partition(of: key, among: count), "\(Array(key)) of \(count)")
        }
      }
    }
  }
}
