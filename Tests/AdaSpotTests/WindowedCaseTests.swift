import AdaSpot
import Foundation
import Spotting
import Tensors
import Testing
import Timeline

/// A video of 170 frames against the reference: both ways of treating its end, clip by clip and event by event.
@Suite struct WindowedCaseTests {
  @Test(arguments: [("grid1", ClipGrid.Tail.dropped), ("grid2", .filled)])
  func equalsTheReference(_ name: String, _ tail: ClipGrid.Tail) throws {
    let golden = try GoldenCase("case_W")
    let model = try golden.model()
    let grid = ClipGrid(length: golden.clipLength, padding: 5, tail: tail)
    let clips = run(ExactStream(model, grid: grid), frames: 170)
    let expected = try #require(golden.json[name] as? [String: Any])
    #expect(clips.map(\.start) == expected["starts"] as? [Int])

    var comparison = Comparison()
    comparison.check(
      "clip_probabilities", clips.flatMap(\.probabilities), try golden.tensor("\(name).clip_probabilities").values,
      within: 3e-5)
    comparison.check(
      "clip_roi_centers", clips.flatMap { $0.regions.flatMap { [$0.centreRow, $0.centreColumn] } },
      try golden.tensor("\(name).clip_roi_centers").values, within: 0)
    comparison.check(
      "clip_roi_sizes", clips.flatMap { $0.regions.flatMap { [Float($0.rows), Float($0.columns)] } },
      try golden.tensor("\(name).clip_roi_sizes").values, within: 0)

    var average = try ClipAverage(classes: 6, clipLength: grid.length, step: grid.stride)
    var means: [ClipAverage.Mean] = []
    for clip in clips { means += average.add(clip.probabilities, start: clip.start) }
    means += average.finish(frameCount: 170)
    comparison.check(
      "probabilities", means.flatMap(\.row.probabilities), try golden.tensor("\(name).probabilities").values,
      within: 3e-5)
    comparison.check(
      "support", means.map { Float(max($0.support, 0)) }, try golden.tensor("\(name).support").values, within: 0)
    #expect(comparison.problems.isEmpty, "\(comparison.summary)")

    let candidates = try CandidateFilter(threshold: 0.01).candidates(in: means.map(\.row))
    let names = golden.json["labels"] as? [String] ?? []
    for (list, kind, window) in [
      ("soft_nms_2", NMS.Kind.soft, 2), ("soft_nms_12", .soft, 12), ("nms_1", .hard, 1), ("nms_6", .hard, 6),
    ] {
      let found = try NMS(kind, window: window, threshold: 0.01).apply(to: candidates)
      let wanted = try #require(expected[list] as? [[String: Any]])
      #expect(found.map(\.frame) == wanted.map { $0["frame"] as? Int ?? -1 }, "\(name) \(list)")
      #expect(found.map { names[$0.label] } == wanted.map { $0["label"] as? String ?? "" }, "\(name) \(list)")
    }
  }

  private func run(_ stream: ExactStream, frames: Int) -> [ClipScores] {
    var clips: [ClipScores] = []
    var picture = Picture(rows: FormulaFrames.rows, columns: FormulaFrames.columns)
    for frame in 0..<frames {
      FormulaFrames.draw(frame, into: picture)
      picture = stream.append(picture) { clips.append($0) }
    }
    stream.finish { clips.append($0) }
    return clips
  }
}
