import AdaSpot
import Foundation
import Tensors
import Testing
import Timeline

/// Against reference runs of the published implementation: every stage in the network's order.
@Suite struct GoldenCaseTests {
  @Test("The network equals the reference at every stage", arguments: ["A", "B", "C", "D", "E", "F", "G"])
  func reference(_ letter: String) throws { try expectReference(letter) }

  @Test("So it does with the kernels of lesser CPUs", arguments: ["A", "B"])
  func portable(_ letter: String) throws {
    defer { InstructionSet.deselect() }
    for set in InstructionSet.allCases where set != .best && InstructionSet.select(set) { try expectReference(letter) }
  }

  private func expectReference(_ letter: String) throws {
    let golden = try GoldenCase("case_\(letter)")
    let model = try golden.model()
    let frames = golden.clipLength
    // Every second clip: the one that starts halfway would report its inner results too.
    let grid = ClipGrid(length: frames, padding: 0, tail: .dropped)
    let stream = ExactStream(model, grid: grid, share: (0, 2), poisons: true)
    let recorder = Recorder(frames: frames)
    record(stream, model, into: recorder)
    // The observer holds the network that holds it.
    defer { stream.network.graph.observer = nil }

    var hidden: [Float] = []
    var logits: [Int: [Float]] = [:]
    stream.observeHead(
      hidden: { hidden = Array($0) }, logits: { head, _, row in logits[head, default: []] += Array(row) })

    var clips: [ClipScores] = []
    var picture = Picture(rows: FormulaFrames.rows, columns: FormulaFrames.columns)
    for frame in 0..<frames {
      FormulaFrames.draw(frame, into: picture)
      picture = stream.append(picture) { clips.append($0) }
    }
    stream.finish { clips.append($0) }
    #expect(clips.count == 1)
    let clip = try #require(clips.first)

    var comparison = try compare(golden, recorder, frames: frames)
    try checkRegions(golden, clip, &comparison)
    try checkFeatures(golden, recorder, frames: frames, width: model.configuration.variant.featureWidth, &comparison)
    comparison.check("gru", hidden, try golden.tensor("gru").values, within: 2e-5)
    for head in logits.keys.sorted() {
      let name = golden.has("logits") ? "logits" : "logits.\(head)"
      comparison.check(name, logits[head] ?? [], try golden.tensor(name).values, within: 1e-4)
    }
    comparison.check("probabilities", clip.probabilities, try golden.tensor("probabilities").values, within: 3e-5)
    #expect(comparison.problems.isEmpty, "case \(letter): first divergence: \(comparison.summary)")
    #expect(comparison.compared > 50)
  }

  /// Sends every inner result to the recorder under the reference's names.
  private func record(_ stream: ExactStream, _ model: Model, into recorder: Recorder) {
    let shapes = sampledShapes(model.configuration)
    stream.network.graph.observer = { name, _, frame, result in
      if name == "saliency" || name.hasSuffix(".feature") || name == "fused" { recorder.keep(name, frame, result) }
      if name == "region" {
        // What the selector saw last is this frame's map.
        let smooth = stream.network.selector.smooth.map { Float($0) }
        smooth.withUnsafeBufferPointer { recorder.keep("smooth", frame, $0) }
        let best = [stream.network.selector.bestScore]
        best.withUnsafeBufferPointer { recorder.keep("best", frame, $0) }
      }
      guard let shape = shapes[name] else { return }
      recorder.sample(name, frame: frame, channels: shape.channels, pixels: shape.pixels, count: 256, result) {
        $1 * shape.channels + $0
      }
    }
    let low = model.configuration.lowCrop
    let region = model.configuration.regionSize
    stream.network.observeInside { name, frame, result in
      if name == "lowres.input" || name == "highres.input" {
        let pixels = name == "lowres.input" ? low.rows * low.columns : region.rows * region.columns
        recorder.sample(name, frame: frame, channels: 3, pixels: pixels, count: 4096, perFrame: true, result) {
          $1 * 3 + $0
        }
      } else if name.hasSuffix("b1.shift") {
        let block = String(name.dropLast(".shift".count))
        guard let shape = shapes[block] else { return }
        let half = shape.shifted / 2
        recorder.sample(
          "\(block).gsf", frame: frame, channels: shape.shifted, pixels: shape.inputPixels, count: 256, result
        ) { channel, pixel in
          // The reference lists the channels interleaved; here they lie as planes.
          let (side, within) = channel.quotientAndRemainder(dividingBy: half)
          return (side * half + within % 2 * (half / 2) + within / 2) * shape.inputPixels + pixel
        }
      }
    }
  }

  private struct SampledShape {
    var channels: Int
    var pixels: Int
    var shifted = 0
    var inputPixels = 0
  }

  private func sampledShapes(_ configuration: ModelConfiguration) -> [String: SampledShape] {
    var shapes: [String: SampledShape] = [:]
    for (branch, input) in [("lowres", configuration.lowCrop), ("highres", configuration.regionSize)] {
      var rows = (input.rows + 1) / 2
      var columns = (input.columns + 1) / 2
      var channels = 32
      shapes["\(branch).stem"] = SampledShape(channels: 32, pixels: rows * columns)
      for stage in 0..<4 {
        for block in 0..<configuration.variant.depths[stage] {
          let before = rows * columns
          if block == 0 { (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2) }
          shapes["\(branch).s\(stage + 1).b\(block + 1)"] = SampledShape(
            channels: configuration.variant.widths[stage], pixels: rows * columns,
            shifted: (channels / 4 + 3) / 4 * 4, inputPixels: before)
          channels = configuration.variant.widths[stage]
        }
      }
    }
    return shapes
  }

  private func compare(_ golden: GoldenCase, _ recorder: Recorder, frames: Int) throws -> Comparison {
    var comparison = Comparison()
    // 796 → 224 has no integer ratio: case D's resize differs more between float32 and float64 in the reference itself.
    let loose: Float = golden.name == "case_D" ? 10 : 1
    func perFrame(_ name: String, _ expected: String) throws {
      let tensor = try golden.tensor(expected)
      let kept = tensor.shape[1]
      for frame in 0..<frames {
        let all = recorder.values["\(name).\(frame)"] ?? []
        let thinned = stride(from: 0, to: all.count, by: 4096 / kept).map { all[$0] }
        let row = Array(tensor.values[frame * kept..<(frame + 1) * kept])
        comparison.check("\(expected) frame \(frame)", thinned, row, within: 2e-5 * loose)
      }
    }
    func block(_ name: String, within tolerance: Float) throws {
      comparison.check(
        name, recorder.values[name] ?? [], try golden.tensor("\(name).samples").values, within: tolerance)
      comparison.check(
        "\(name) statistics", recorder.stats(name), try golden.tensor("\(name).stats").values, within: 2e-5)
    }
    func branch(_ branch: String) throws {
      try block("\(branch).stem", within: 5e-5 * loose)
      let names = golden.state.entries.map(\.name).filter { $0.hasPrefix("\(branch).s") && $0.hasSuffix(".samples") }
      for name in names.map({ String($0.dropLast(".samples".count)) }).sorted(by: networkOrder)
      where !name.hasSuffix(".stem") {
        try block(name, within: 2e-4 * loose)
      }
    }
    try perFrame("lowres.input", "input_lowres.samples")
    try branch("lowres")
    try checkSaliency(golden, recorder, frames: frames, loose: loose, &comparison)
    try perFrame("highres.input", "roi_crops.samples")
    try branch("highres")
    return comparison
  }

  /// `s3.b1.gsf` comes before `s3.b1`, which comes before `s3.b2`.
  private func networkOrder(_ left: String, _ right: String) -> Bool {
    func key(_ name: String) -> String { name.hasSuffix(".gsf") ? String(name.dropLast(4)) + " " : name + "!" }
    return key(left) < key(right)
  }

  private func checkSaliency(
    _ golden: GoldenCase, _ recorder: Recorder, frames: Int, loose: Float, _ comparison: inout Comparison
  ) throws {
    let mean = try golden.tensor("saliency.mean")
    let pixels = mean.shape[1] * mean.shape[2]
    func gather(_ name: String, _ range: Range<Int>, step: Int = 1) -> [Float] {
      stride(from: 0, to: frames, by: step).flatMap { recorder.rows[name]?[$0].map { Array($0[range]) } ?? [] }
    }
    comparison.check("saliency.mean", gather("saliency", pixels..<2 * pixels), mean.values, within: 1e-4 * loose)
    comparison.check(
      "saliency.minmax", gather("saliency", 0..<pixels), try golden.tensor("saliency.minmax").values,
      within: 2e-5 * loose)
    comparison.check(
      "saliency.smooth", gather("smooth", 0..<64 * pixels, step: frames <= 12 ? 1 : 4),
      try golden.tensor("saliency.smooth").values, within: 2e-5 * loose)
    comparison.check(
      "roi_best_score", gather("best", 0..<1), try golden.tensor("roi_best_score").values, within: 1e-5)
  }

  private func checkRegions(_ golden: GoldenCase, _ clip: ClipScores, _ comparison: inout Comparison) throws {
    let regions = clip.regions
    comparison.check(
      "roi_centers", regions.flatMap { [$0.centreRow, $0.centreColumn] }, try golden.tensor("roi_centers").values,
      within: 0)
    comparison.check(
      "roi_sizes", regions.flatMap { [Float($0.rows), Float($0.columns)] }, try golden.tensor("roi_sizes").values,
      within: 0)
    let boxes = regions.flatMap { region -> [Float] in
      guard let origin = region.origin else { return [-1, -1, -1, -1] }
      return [Float(origin.top), Float(origin.left), Float(region.rows), Float(region.columns)]
    }
    comparison.check("roi_crop_box", boxes, try golden.tensor("roi_crop_box").values, within: 0)
  }

  private func checkFeatures(
    _ golden: GoldenCase, _ recorder: Recorder, frames: Int, width: Int, _ comparison: inout Comparison
  ) throws {
    func gather(_ name: String, _ range: Range<Int>) -> [Float] {
      (0..<frames).flatMap { recorder.rows[name]?[$0].map { Array($0[range]) } ?? [] }
    }
    for (name, letter) in [("lowres.feature", "l"), ("highres.feature", "h")] {
      comparison.check("F_\(letter)", gather(name, 0..<width), try golden.tensor("F_\(letter)").values, within: 5e-5)
      comparison.check(
        "P_\(letter)", gather(name, width..<2 * width), try golden.tensor("P_\(letter)").values, within: 5e-5)
    }
    // The reference's fused feature has the position's encoding in it; here that comes in with the recurrence.
    let encoding = FormulaWeights(seed: golden.seed).values("temp_enc", shape: [frames, width])
    let fused = zip(gather("fused", 0..<width), encoding).map { $0 + $1 }
    comparison.check("fused", fused, try golden.tensor("fused").values, within: 5e-5)
  }
}
