import Testing
import Timeline

@Suite struct TimecodeTests {
  @Test(arguments: [30, 60, 90, 120, 240]) func dropFrameIsCountedAtMultiplesOf30(rate: Int) throws {
    let label = try #require(Timecode(hours: 0, minutes: 0, seconds: 59, frames: rate - 1, isDropFrame: true))
    let next = try #require(label.advanced(by: 1, rate: rate))
    #expect(next == Timecode(hours: 0, minutes: 1, seconds: 0, frames: rate / 15, isDropFrame: true))
  }

  @Test(arguments: [1, 15, 24, 25, 48, 50, 100]) func elsewhereThereIsNoDropFrame(rate: Int) {
    let dropping = Timecode(hours: 0, minutes: 0, seconds: 59, frames: 0, isDropFrame: true)
    #expect(dropping?.advanced(by: rate, rate: rate) == nil)
    let counting = Timecode(hours: 0, minutes: 0, seconds: 59, frames: 0, isDropFrame: false)
    #expect(counting?.advanced(by: rate, rate: rate)?.description == "00:01:00:00")
  }
}
