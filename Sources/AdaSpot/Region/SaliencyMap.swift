internal import Tensors

/// Where a frame's low-resolution features respond: the channel mean of the last map, then scaled per frame to
/// (S − min) / (max − min + 1e-5). out is the scaled map [H, W] followed by the mean [H, W].
final class SaliencyMap: TemporalOperator {
  let name = "saliency"
  let inputs: [OperatorInput]
  let outputCount: Int

  private let pixels: Int
  private let channels: Int

  init(source: Int, last: BlockShape) {
    inputs = [OperatorInput(source: source)]
    pixels = last.pixels
    channels = last.channels
    outputCount = 2 * pixels
  }

  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>) {
    let mean = out + pixels
    Kernels.meanOverChannels(view.inside(0, frame), pixels: pixels, channels: channels, into: mean)
    SaliencyMap.scale(UnsafeBufferPointer(start: mean, count: pixels), into: out)
  }

  static func scale(_ map: UnsafeBufferPointer<Float>, into out: UnsafeMutablePointer<Float>) {
    let low = map.min() ?? 0
    let range = (map.max() ?? 0) - low + 1e-5
    for index in map.indices { out[index] = (map[index] - low) / range }
  }
}
