internal import Timeline

/// One pass of the saliency's Gaussian along time, with reflection at the ends of the clip. Done on the small map: time
/// and space are smoothed independently, so upsampling can wait. out is [H, W].
final class TemporalSmoothing: TemporalOperator {
  let name: String
  let inputs: [OperatorInput]
  let outputCount: Int

  init(_ name: String, source: Int, pixels: Int) {
    self.name = name
    inputs = [OperatorInput(source: source, reach: .around(Gaussian.time.count / 2))]
    outputCount = pixels
  }

  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>) {
    out.update(repeating: 0, count: outputCount)
    for (tap, weight) in Gaussian.time.enumerated() {
      let source = Gaussian.reflected(frame + tap - Gaussian.time.count / 2, in: view.first...view.last)
      let map = view.inside(0, source)
      for pixel in 0..<outputCount { out[pixel] += Float(weight) * map[pixel] }
    }
  }
}
