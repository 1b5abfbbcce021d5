import Bus
import Service
import Testing
import Timeline
import Video

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
    #expect((first.epoch, first.first, first.last, first.dropped) == (0, 3, 6, 4))
    #expect(first.reason == .overload)
    for index in 7..<9 {
      let numbered = numbering.number(stamp(index))
      #expect((numbered.epoch, numbered.index) == (1, index - 7))
      #expect(numbered.time == stamp(index).time && numbered.arrival == UInt64(index))
    }
    let second = numbering.breakOff(before: 10)
    #expect((second.epoch, second.first, second.last, second.dropped) == (1, 2, 2, 1))
    #expect(numbering.epoch == 2 && numbering.frames == 0)
  }

  private func end(
    delivered: Int, frames: Int, missing: Int?, _ reason: Discontinuity.Reason = .source
  ) -> Discontinuity {
    Discontinuity(delivered: delivered, frames: frames, missing: missing, reason: reason, cause: "")
  }

  private func numbering(stride: Int = 1, scored: Int) -> EpochNumbering {
    var numbering = EpochNumbering(stride: stride)
    for index in 0..<scored { _ = numbering.number(stamp(index)) }
    return numbering
  }

  @Test("a source's break ends the epoch: what is missing is what it knows, in frames of the video")
  func breaks() throws {
    var numbering = numbering(scored: 5)
    let damageBreak = numbering.breakOff(end(delivered: 5, frames: 5, missing: 3, .damage))
    let damage = try #require(damageBreak)
    #expect((damage.epoch, damage.first, damage.last, damage.dropped) == (0, 5, 7, 0))
    #expect(damage.reason == .damage)
    #expect(numbering.number(stamp(0)).epoch == 1)
    let lossBreak = numbering.breakOff(end(delivered: 1, frames: 1, missing: nil))
    let loss = try #require(lossBreak)
    #expect((loss.epoch, loss.first, loss.last) == (1, 1, nil))
    #expect(loss.reason == .source)
    _ = numbering.number(stamp(0))
    #expect(numbering.breakOff(end(delivered: 1, frames: 1, missing: 0)) == nil)
    #expect(numbering.epoch == 3 && numbering.frames == 0)
  }

  @Test("with a stride the frames that were decoded and never scored are not missing")
  func strideBreaks() throws {
    var numbering = numbering(stride: 2, scored: 3)
    // Frames 0 to 5 were there, 6 and 7 are missing.
    let gapBreak = numbering.breakOff(end(delivered: 3, frames: 6, missing: 2))
    let gap = try #require(gapBreak)
    #expect((gap.first, gap.last) == (6, 7))
  }

  @Test("frames that were dropped before the break are part of its gap")
  func droppedBeforeBreak() throws {
    var numbering = numbering(scored: 4)
    let gapBreak = numbering.breakOff(end(delivered: 10, frames: 10, missing: 2))
    let gap = try #require(gapBreak)
    #expect((gap.first, gap.last, gap.dropped) == (4, 11, 6))
    // And within an epoch that dropping had divided, numbers are those of its second part.
    _ = numbering.number(stamp(0))
    _ = numbering.breakOff(before: 5)
    _ = numbering.number(stamp(5))
    let secondBreak = numbering.breakOff(end(delivered: 6, frames: 6, missing: 1))
    let second = try #require(secondBreak)
    #expect((second.epoch, second.first, second.last, second.dropped) == (2, 1, 1, 0))
  }

  @Test("frames that were dropped before a break without a loss were dropped for overload")
  func droppedBeforeHarmlessBreak() throws {
    var numbering = numbering(scored: 4)
    let gapBreak = numbering.breakOff(end(delivered: 10, frames: 10, missing: 0))
    let gap = try #require(gapBreak)
    #expect((gap.first, gap.last, gap.dropped) == (4, 9, 6))
    #expect(gap.reason == .overload)
  }
}
