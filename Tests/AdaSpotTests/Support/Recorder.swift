import AdaSpot
import Tensors

/// Collects a network's inner results over one clip in the form of the reference's samples.
final class Recorder {
  /// Values by name, as the reference lists them.
  private(set) var values: [String: [Float]] = [:]
  /// Whole small results by name, frame after frame.
  private(set) var rows: [String: [Int: [Float]]] = [:]
  private var sums: [String: (count: Int, sum: Double, squares: Double)] = [:]
  private let frames: Int

  init(frames: Int) { self.frames = frames }

  /// Keeps a small result as a whole.
  func keep(_ name: String, _ frame: Int, _ result: UnsafeBufferPointer<Float>) {
    rows[name, default: [:]][frame] = Array(result)
  }

  /// Takes the samples of `name` that fall into one frame of a (frames, channels, pixels) block. `at` tells where
  /// channel c, pixel p lies in `result`. Sample k of K is flat element ⌊k·N/K⌋.
  func sample(
    _ name: String, frame: Int, channels: Int, pixels: Int, count: Int, perFrame: Bool = false,
    _ result: UnsafeBufferPointer<Float>, at: (_ channel: Int, _ pixel: Int) -> Int
  ) {
    let size = channels * pixels
    let total = perFrame ? size : size * frames
    let base = perFrame ? 0 : frame * size
    let target = perFrame ? "\(name).\(frame)" : name
    for sample in 0..<count {
      let index = sample * total / count
      guard index >= base, index < base + size else { continue }
      let (channel, pixel) = (index - base).quotientAndRemainder(dividingBy: pixels)
      values[target, default: Array(repeating: .nan, count: count)][sample] = result[at(channel, pixel)]
    }
    var sum = sums[name] ?? (0, 0, 0)
    for channel in 0..<channels {
      for pixel in 0..<pixels {
        let value = Double(result[at(channel, pixel)])
        sum.sum += value
        sum.squares += value * value
      }
    }
    sum.count += size
    sums[name] = sum
  }

  /// Mean and population standard deviation of all of `name`.
  func stats(_ name: String) -> [Float] {
    guard let sum = sums[name] else { return [] }
    let mean = sum.sum / Double(sum.count)
    return [Float(mean), Float((sum.squares / Double(sum.count) - mean * mean).squareRoot())]
  }
}
