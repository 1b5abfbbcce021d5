internal import Tensors

/// Shapes of one block: what goes in and what comes out.
struct BlockShape: Hashable {
  /// Name within the backbone: `s3.b2`.
  let name: String
  let inputRows: Int
  let inputColumns: Int
  let inputChannels: Int
  let channels: Int
  /// 2 in a stage's first block, else 1.
  let stride: Int
  let groupWidth: Int
  let shift: TemporalShift?

  /// Whether the shortcut needs a convolution, because the block changes shape.
  var hasShortcut: Bool { stride != 1 || inputChannels != channels }
  var rows: Int { (inputRows + stride - 1) / stride }
  var columns: Int { (inputColumns + stride - 1) / stride }
  var inputPixels: Int { inputRows * inputColumns }
  var pixels: Int { rows * columns }
  /// Channels that the gated shift moves: 4·⌈(C div 4) / 4⌉.
  var shifted: Int { (inputChannels / 4 + 3) / 4 * 4 }
  /// Width of squeeze-excite's hidden layer: a quarter of the block's *input* channels, rounded half to even.
  var squeezed: Int { Int((Double(inputChannels) / 4).rounded(.toNearestOrEven)) }
}

/// The weights of one RegNetY block, batch norms folded, packed for the kernels.
final class BlockWeights: Sendable {
  let shift: GateShiftWeights?
  let expand: DenseWeights
  /// [groups, 3, 3, group width (input), group width (output)].
  let grouped: AlignedBuffer
  let groupedBias: AlignedBuffer
  let squeeze: (weight: AlignedBuffer, bias: AlignedBuffer)
  let excite: (weight: AlignedBuffer, bias: AlignedBuffer)
  /// The last 1×1 and, where the block changes shape, the shortcut's own one behind it: they are added anyway.
  let reduce: DenseWeights

  init(_ read: TensorReader, _ prefix: String, _ shape: BlockShape) {
    let channels = shape.channels
    let width = shape.groupWidth
    func convolution(_ name: String, _ norm: String, inputs: Int) -> DenseWeights.Convolution {
      DenseWeights.Convolution(name: prefix + name, norm: prefix + norm, inputs: inputs, outputs: channels)
    }
    if let kind = shape.shift {
      let shift = GateShiftWeights(read, prefix + ".conv1.gs", shifted: shape.shifted, kind: kind)
      self.shift = shift
      expand = DenseWeights(
        read, convolution: convolution(".conv1.net.conv", ".conv1.net.bn", inputs: shape.inputChannels),
        inputOrder: shift.inputOrder + Array(shape.shifted..<shape.inputChannels))
    } else {
      shift = nil
      expand = DenseWeights(
        read, convolution: convolution(".conv1.conv", ".conv1.bn", inputs: shape.inputChannels))
    }

    let stored = read(prefix + ".conv2.conv.1.weight", channels, width, 3, 3)
    let norm = FoldedNorm(read, prefix + ".conv2.bn", channels: channels)
    var packed = [Float](repeating: 0, count: stored.count)
    for output in 0..<channels {
      let (group, within) = output.quotientAndRemainder(dividingBy: width)
      for input in 0..<width {
        for tap in 0..<9 {
          let value = Double(stored[(output * width + input) * 9 + tap]) * norm.scale[output]
          packed[((group * 9 + tap) * width + input) * width + within] = Float(value)
        }
      }
    }
    grouped = read.arena.buffer(packed)
    groupedBias = read.arena.buffer(norm.offset.map { Float($0) })

    let hidden = shape.squeezed
    squeeze = (
      read.arena.buffer(read(prefix + ".se.fc1.weight", hidden, channels, 1, 1)),
      read.arena.buffer(read(prefix + ".se.fc1.bias", hidden))
    )
    excite = (
      read.arena.buffer(read(prefix + ".se.fc2.weight", channels, hidden, 1, 1)),
      read.arena.buffer(read(prefix + ".se.fc2.bias", channels))
    )
    let shortcut = convolution(".downsample.conv", ".downsample.bn", inputs: shape.inputChannels)
    reduce = DenseWeights(
      read, convolution: convolution(".conv3.conv", ".conv3.bn", inputs: channels),
      added: shape.hasShortcut ? shortcut : nil)
  }
}
