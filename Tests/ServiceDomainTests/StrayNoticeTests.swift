import ServiceDomain
import Testing

@Suite(.timeLimit(.minutes(10))) struct StrayNoticeTests {
  @Test func aProducerIsToldOfOnceAMinuteWithWhatCameBetween() {
    let notice = StrayNotice()
    #expect(notice.count(.commands, source: "till", nowMs: 1_000) == 1)
    #expect(notice.count(.commands, source: "till", nowMs: 1_001) == nil)
    #expect(notice.count(.commands, source: "till", nowMs: 60_999) == nil)
    #expect(notice.count(.commands, source: "till", nowMs: 61_000) == 3)
    #expect(notice.count(.commands, source: "till", nowMs: 61_001) == nil)
  }

  @Test func topicsAndSourcesAreToldApartUpToABound() {
    let notice = StrayNotice()
    #expect(notice.count(.commands, source: "till", nowMs: 0) == 1)
    #expect(notice.count(.activities, source: "till", nowMs: 0) == 1)
    #expect(notice.count(.commands, source: "app", nowMs: 0) == 1)
    for number in 3..<StrayNotice.producersMax {
      #expect(notice.count(.commands, source: "\(number)", nowMs: 0) == 1)
    }
    #expect(notice.count(.commands, source: "one more", nowMs: 0) == 1)
    #expect(notice.count(.commands, source: "and another", nowMs: 0) == nil)
  }
}
