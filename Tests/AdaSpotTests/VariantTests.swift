import AdaSpot
import Foundation
import Tensors
import Testing
import Timeline

/// Backbones, paddings and temporal stages beyond the recorded cases, against the project's own PyTorch network.
@Suite struct VariantTests {
  @Test(arguments: [
    "rny006-gsf-reflect", "rny006-gsm-replicate", "rny008-gsf-zero-late", "rny002-gsf-reflect-none", "rny004-gsm-zero",
  ])
  func equalsPyTorch(_ name: String) throws {
    let data = try Data(contentsOf: GoldenCase.fixtures.appendingPathComponent("variants.json"))
    let all = try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]] ?? [:]
    let settings = try #require(all[name])
    let configuration = try TinyModel.configuration(json: settings)
    let frames = configuration.clipLength
    let model = Model(
      configuration: configuration, classes: ClassList(names: (1...6).map { "class\($0)" }),
      weights: NetworkWeights(FormulaWeights(seed: 23).reader, configuration))
    let grid = ClipGrid(length: frames, padding: 0, tail: .dropped)
    let stream = ExactStream(model, grid: grid, share: (0, 2), poisons: true)
    var fused: [Float] = []
    let width = configuration.variant.featureWidth
    let encoding = FormulaWeights(seed: 23).values("temp_enc", shape: [frames, width])
    stream.network.graph.observer = { step, _, frame, result in
      guard step == "fused" else { return }
      fused += (0..<width).map { result[$0] + encoding[frame * width + $0] }
    }
    var clips: [ClipScores] = []
    var picture = Picture(rows: FormulaFrames.rows, columns: FormulaFrames.columns)
    for frame in 0..<frames {
      FormulaFrames.draw(frame, into: picture)
      picture = stream.append(picture) { clips.append($0) }
    }
    let clip = try #require(clips.first)

    let state = try StateDict.read(path: GoldenCase.fixtures.appendingPathComponent("variants.safetensors").path)
    var comparison = Comparison()
    comparison.check(
      "roi_centers", clip.regions.flatMap { [$0.centreRow, $0.centreColumn] },
      try state.tensor("\(name).roi_centers").values, within: 0)
    comparison.check(
      "roi_sizes", clip.regions.flatMap { [Float($0.rows), Float($0.columns)] },
      try state.tensor("\(name).roi_sizes").values, within: 0)
    comparison.check("fused", fused, try state.tensor("\(name).fused").values, within: 5e-5)
    comparison.check(
      "probabilities", clip.probabilities, try state.tensor("\(name).probabilities").values, within: 3e-5)
    #expect(comparison.problems.isEmpty, "\(name): \(comparison.summary)")
  }
}
