internal import Tensors

/// The weights of one backbone (low- or high-resolution) and the projection of its features.
final class BackboneWeights: Sendable {
  /// [3, 3, 3 (input), 32].
  let stem: AlignedBuffer
  let stemBias: AlignedBuffer
  let shapes: [BlockShape]
  let blocks: [BlockWeights]

  /// `input` is the size of the picture that enters the stem.
  init(_ read: TensorReader, _ prefix: String, _ configuration: ModelConfiguration, input: PixelSize) {
    let channels = RegNetVariant.stemWidth
    let stored = read(prefix + ".stem.conv.1.weight", channels, 3, 3, 3)
    let norm = FoldedNorm(read, prefix + ".stem.bn", channels: channels)
    var packed = [Float](repeating: 0, count: stored.count)
    for output in 0..<channels {
      for input in 0..<3 {
        for tap in 0..<9 {
          packed[(tap * 3 + input) * channels + output] =
            Float(Double(stored[(output * 3 + input) * 9 + tap]) * norm.scale[output])
        }
      }
    }
    stem = read.arena.buffer(packed)
    stemBias = read.arena.buffer(norm.offset.map { Float($0) })

    let shapes = Self.shapes(configuration, input: input)
    self.shapes = shapes
    blocks = shapes.map { BlockWeights(read, "\(prefix).\($0.name)", $0) }
  }

  /// The blocks' shapes, from the stem's output on.
  static func shapes(_ configuration: ModelConfiguration, input: PixelSize) -> [BlockShape] {
    let variant = configuration.variant
    var rows = (input.rows + 1) / 2
    var columns = (input.columns + 1) / 2
    var channels = RegNetVariant.stemWidth
    var shapes: [BlockShape] = []
    for stage in 0..<4 {
      for block in 0..<variant.depths[stage] {
        let shape = BlockShape(
          name: "s\(stage + 1).b\(block + 1)", inputRows: rows, inputColumns: columns, inputChannels: channels,
          channels: variant.widths[stage], stride: block == 0 ? 2 : 1, groupWidth: variant.groupWidth,
          shift: configuration.temporalStages[stage] ? configuration.shift : nil)
        shapes.append(shape)
        (rows, columns, channels) = (shape.rows, shape.columns, shape.channels)
      }
    }
    return shapes
  }
}
