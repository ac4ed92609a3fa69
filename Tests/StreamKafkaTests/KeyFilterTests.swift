import StreamKafka
import StreamRuntime
import TestValues
import Testing

@Suite(.timeLimit(.minutes(10))) struct KeyFilterTests {
  private func hash(_ number: Int) -> UInt64 { SplitMix.mixed(UInt64(number) &* 0x9E37_79B9_7F4A_7C15) }

  @Test func keysItTookInAreNeverMissedAndOthersSeldomSuspected() {
    var filter = KeyFilter()
    for number in 0..<100_000 { filter.insert(hash(number)) }
    #expect((0..<100_000).allSatisfy { filter.mayHold(hash($0)) })
    let suspected = (100_000..<200_000).count { filter.mayHold(hash($0)) }
    #expect(suspected < 4_000, "\(suspected) of 100,000")
  }

  @Test func aKeyTakesRoomOnce() {
    var filter = KeyFilter(layerWordsMax: 1 << 10)
    for _ in 0..<100 { for number in 0..<1_000 { filter.insert(hash(number)) } }
    #expect(!filter.isFull && !filter.mayHold(hash(1_000_000)))
  }

  @Test func beyondItsBoundItSuspectsEveryKey() {
    var filter = KeyFilter(layerWordsMax: 1 << 10)
    for number in 0..<5_000 { filter.insert(hash(number)) }
    #expect(filter.isFull)
    #expect((0..<10_000).allSatisfy { filter.mayHold(hash($0)) })
  }
}
