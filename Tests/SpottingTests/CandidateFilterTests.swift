import Spotting
import Testing
import Timeline

@Suite struct CandidateFilterTests {
  @Test func theThresholdIsRoundedToFloat32() throws {
    // float32(0.01) lies below 0.01: a score equal to it counts, the next lower one does not.
    let limit = Float(0.01)
    let row = ScoreRow(frame: 7, probabilities: [0.9, limit, limit.nextDown, .nan, 1])
    #expect(
      try CandidateFilter(threshold: 0.01).candidates(in: row) == [
        Event(frame: 7, label: 1, score: Double(limit)), Event(frame: 7, label: 4, score: 1),
      ])
  }
}
