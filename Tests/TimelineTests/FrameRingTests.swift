import Testing
import Timeline

@Suite struct FrameRingTests {
  @Test func keepsTheNewestFrames() {
    var ring = FrameRing(capacity: 3) { 0 }
    for frame in 0..<8 { ring[frame] = 10 * frame }
    #expect((0..<9).filter { ring.holds($0) } == [5, 6, 7])
    #expect((5..<8).map { ring[$0] } == [50, 60, 70])
  }

  @Test func holdsNothingAtFirstNorAfterReset() {
    var ring = FrameRing(capacity: 2) { 0 }
    #expect((-3..<3).allSatisfy { !ring.holds($0) })
    ring[0] = 1
    ring[1] = 2
    ring.reset()
    #expect((-3..<3).allSatisfy { !ring.holds($0) })
    ring[1] = 3
    #expect(ring[1] == 3 && !ring.holds(0))
  }

  @Test func takesFramesBeforeTheFirst() {
    var ring = FrameRing(capacity: 4) { 0 }
    for frame in -5..<2 { ring[frame] = frame }
    #expect((-6..<3).filter { ring.holds($0) } == [-2, -1, 0, 1])
    #expect((-2..<2).map { ring[$0] } == [-2, -1, 0, 1])
  }

  @Test func aFrameWrittenAgainTakesNoOtherSlot() {
    var ring = FrameRing(capacity: 2) { "" }
    ring[6] = "six"
    ring[7] = "seven"
    ring[6] += " again"
    #expect(ring[6] == "six again" && ring[7] == "seven")
  }

  @Test func aFrameThatIsSkippedIsNotHeld() {
    var ring = FrameRing(capacity: 3) { 0 }
    ring[0] = 1
    ring[4] = 2
    #expect((0..<6).filter { ring.holds($0) } == [0, 4])
  }
}
