import Testing
import Video

@Suite("frames counted by their timestamps")
struct FrameContinuityTests {
  /// 25 frames a second in ticks of 1/90000 s, 33 bits, as in a transport stream.
  private func transport(rate: Double? = 25) -> FrameContinuity {
    FrameContinuity(tick: 1 / 90_000, wrapBits: 33, rate: rate)
  }

  /// Feeds `count` frames a step apart from `start` on, all of which must follow; the last timestamp.
  @discardableResult
  private func feed(
    _ continuity: inout FrameContinuity, from start: Int64, step: Int64 = 3_600, count: Int = 12
  ) -> Int64 {
    for index in 0..<Int64(count) {
      guard case .follows = continuity.judge(start + index * step) else {
        Issue.record("frame \(index) does not follow")
        continue
      }
    }
    return start + Int64(count - 1) * step
  }

  @Test("timestamps that wrap go on rising", arguments: [33, 32])
  func wrap(bits: Int) {
    var continuity = FrameContinuity(tick: 1 / 90_000, wrapBits: bits, rate: 25)
    let modulus: Int64 = 1 << Int64(bits)
    let start = modulus - 5 * 3_600
    for index in 0..<20 {
      let expected = start + Int64(index) * 3_600
      #expect(continuity.judge(expected % modulus) == .follows(expected))
    }
    #expect(continuity.wraps == 1)
  }

  @Test("a step of whole frames tells how many are missing", arguments: [1, 2, 24, 200])
  func hole(missing: Int) {
    var continuity = transport()
    let last = feed(&continuity, from: 0)
    let next = last + Int64(missing + 1) * 3_600
    #expect(continuity.judge(next) == .breaks(next, missing: missing, .hole))
    feed(&continuity, from: next + 3_600)
  }

  @Test("a step that is not of whole frames leaves open how many are missing")
  func brokenHole() {
    var continuity = transport()
    let next = feed(&continuity, from: 0) + 9_000
    #expect(continuity.judge(next) == .breaks(next, missing: nil, .hole))
  }

  @Test(
    "a step back or far ahead is a jump, after which nobody knows what is missing",
    arguments: [-45.0, -0.04, 10.5, 3_600])
  func jump(seconds: Double) {
    var continuity = transport()
    let next = feed(&continuity, from: 90_000_000) + Int64(seconds * 90_000)
    guard case .breaks(next, nil, .jump(let found)) = continuity.judge(next) else {
      Issue.record("no jump")
      return
    }
    #expect(abs(found - seconds) < 1e-9)
    feed(&continuity, from: next + 3_600)
  }

  @Test("the same timestamp again is the same frame again")
  func duplicate() {
    var continuity = transport()
    let last = feed(&continuity, from: 0)
    #expect(continuity.judge(last) == .duplicate)
    #expect(continuity.judge(last + 3_600) == .follows(last + 3_600))
  }

  @Test("frames without a timestamp are a step apart, and counted")
  func missingTimestamps() {
    var continuity = transport()
    let last = feed(&continuity, from: 0)
    #expect(continuity.judge(nil) == .follows(last + 3_600))
    #expect(continuity.judge(nil) == .follows(last + 7_200))
    #expect(continuity.judge(last + 10_800) == .follows(last + 10_800))
    #expect(continuity.missingTimestamps == 2)
  }

  @Test("timestamps at the ends of what can be written end nothing but an epoch", arguments: [33, 64])
  func extremes(bits: Int) {
    var continuity = FrameContinuity(tick: 1 / 90_000, wrapBits: bits, rate: 25)
    let ends: [Int64] = [.max, .min + 1, .max - 3_600, .max, 0, .min + 1, -1]
    for own in ends + ends.reversed() { _ = continuity.judge(own) }
    _ = continuity.judge(nil)
    _ = continuity.judge(-90_000_000)
    // Below zero time goes on as above it.
    feed(&continuity, from: -90_000_000 + 3_600, count: 30_000)
  }

  @Test("rounded ticks are no holes: 60 frames a second in milliseconds, 59.94 in 1/90000 s")
  func coarseTicks() {
    var milliseconds = FrameContinuity(tick: 0.001, wrapBits: 32, rate: 60)
    for index in 0..<600 { #expect(milliseconds.judge(Int64(index * 1_000 / 60)) != .duplicate) }
    #expect(milliseconds.rateChanges == 0)
    var ntsc = FrameContinuity(tick: 1 / 90_000, wrapBits: 33, rate: 60_000 / 1_001)
    for index in 0..<600 {
      let pts = Int64(index) * 3_003 / 2
      #expect(ntsc.judge(pts) == .follows(pts))
    }
  }

  @Test("a variable rate is counted: uneven steps break nothing")
  func variableRate() {
    var continuity = transport()
    var pts: Int64 = 0
    for index in 0..<100 {
      #expect(continuity.judge(pts) == .follows(pts))
      pts += [2_700, 9_100, 3_600, 18_000, 5_000][index % 5]
    }
  }

  @Test("another rate begins a new epoch, without anything missing where it rises", arguments: [nil, 25.0])
  func higherRate(declared: Double?) {
    var continuity = transport(rate: declared)
    var pts = feed(&continuity, from: 0, count: 30)
    var changes = 0
    for _ in 0..<60 {
      pts += 3_000
      switch continuity.judge(pts) {
      case .follows: break
      case .breaks(_, let missing, .rate(let former, let rate)):
        changes += 1
        #expect(missing == 0 && abs(former - 25) < 0.1 && abs(rate - 30) < 0.1)
      default: Issue.record("neither follows nor another rate")
      }
    }
    #expect(changes == 1 && continuity.rateChanges == 1)
  }

  @Test("half the rate looks like missing frames twice, then it is believed")
  func halfRate() {
    var continuity = transport()
    var pts = feed(&continuity, from: 0, count: 30)
    var verdicts: [FrameContinuity.Verdict] = []
    for _ in 0..<40 {
      pts += 7_200
      verdicts.append(continuity.judge(pts))
    }
    let breaks = verdicts.filter { if case .follows = $0 { false } else { true } }
    #expect(breaks.count == 3 && continuity.rateChanges == 1)
    // Believed, a hole shows again.
    #expect(continuity.judge(pts + 21_600) == .breaks(pts + 21_600, missing: 2, .hole))
  }
}
