import Service
import Testing
import Timeline

@Suite("pacing a recording")
struct StreamPacingTests {
  private func time(milliseconds: Int64) -> MediaTime {
    MediaTime(pts: milliseconds, timeBase: TimeBase(numerator: 1, denominator: 1_000))
  }

  @Test("frames are due as their timestamps say, from when the first was ready, however late they are asked for")
  func variableRate() {
    var pacer = FramePacer()
    #expect(pacer.due(time(milliseconds: 5_000), now: 1_000) == 1_000)
    #expect(pacer.due(time(milliseconds: 5_250), now: 2_000) == 250_001_000)
    #expect(pacer.due(time(milliseconds: 5_750), now: 900_000_000) == 750_001_000)
  }

  @Test(
    "a jump of the timestamps, forward or back, takes no time", arguments: [Int64.max / 2, Int64.min / 2, 90_000, 0])
  func jumps(target: Int64) {
    var pacer = FramePacer()
    let start = pacer.due(time(milliseconds: 1_000), now: 7)
    #expect(pacer.due(time(milliseconds: target), now: 8) == start)
  }
}
