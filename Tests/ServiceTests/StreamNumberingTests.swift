import Service
import Testing
import Timeline

@Suite("numbers of scored frames")
struct StreamNumberingTests {
  private func stamp(_ index: Int) -> FrameStamp {
    FrameStamp(
      index: index, epoch: 0, time: MediaTime(pts: Int64(index), timeBase: TimeBase(numerator: 1, denominator: 25)),
      arrival: UInt64(index))
  }

  @Test("an epoch's frames count from 0, gaps continue its count, and the next begins anew")
  func gaps() {
    var numbering = EpochNumbering()
    for index in 0..<3 {
      #expect(!numbering.isBroken(before: index))
      let numbered = numbering.number(stamp(index))
      #expect(numbered == stamp(index))
    }
    #expect(numbering.isBroken(before: 7))
    let first = numbering.breakOff(before: 7)
    #expect((first.epoch, first.first, first.count) == (0, 3, 4))
    for index in 7..<9 {
      let numbered = numbering.number(stamp(index))
      #expect((numbered.epoch, numbered.index) == (1, index - 7))
      #expect(numbered.time == stamp(index).time && numbered.arrival == UInt64(index))
    }
    let second = numbering.breakOff(before: 10)
    #expect((second.epoch, second.first, second.count) == (1, 2, 1))
    #expect(numbering.epoch == 2 && numbering.frames == 0)
  }
}
