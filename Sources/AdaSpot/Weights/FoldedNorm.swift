/// A batch norm at inference: y = scale·x + offset for each channel, scale = γ / √(σ² + 1e-5), offset = β − μ·scale.
struct FoldedNorm {
  let scale: [Double]
  let offset: [Double]

  private static let epsilon = 1e-5

  init(_ read: TensorReader, _ prefix: String, channels: Int) {
    let weight = read(prefix + ".weight", channels)
    let bias = read(prefix + ".bias", channels)
    let mean = read(prefix + ".running_mean", channels)
    let variance = read(prefix + ".running_var", channels)
    scale = (0..<channels).map { Double(weight[$0]) / (Double(variance[$0]) + Self.epsilon).squareRoot() }
    let scales = scale
    offset = (0..<channels).map { Double(bias[$0]) - Double(mean[$0]) * scales[$0] }
  }
}
