import Tensors
import Testing

extension KernelsTests {
  /// Every instruction set against the portable kernels at the network's own sizes, where sums are longest.
  @Suite struct Agreement {
    @Test("stem and grouped convolutions", arguments: InstructionSet.available)
    func convolutions(set: InstructionSet) {
      var numbers = SeededNumbers(20)
      let x = numbers.floats(112 * 112 * 24)
      let (weights, bias) = (numbers.floats(256 * 9 * 16, in: -0.1...0.1), numbers.floats(368))
      expectAgreement(set, count: 56 * 56 * 32) { out in
        Kernels.stemConvolution(
          x, rows: 112, columns: 112, weights: weights, bias: bias, channels: 32, padding: .replicate, into: out)
      }
      for (size, channels, width, stride) in [
        (112, 24, 8, 2), (56, 56, 8, 2), (14, 152, 8, 1), (7, 368, 8, 1), (28, 112, 16, 1), (14, 256, 16, 2),
      ] {
        let pixels = (size / stride + size % stride) * (size / stride + size % stride)
        expectAgreement(set, count: (pixels + 1) * channels) { out in
          Kernels.groupedConvolution(
            x, rows: size, columns: size, channels: channels, groupWidth: width, stride: stride, weights: weights,
            bias: bias, padding: .replicate, into: out, mean: out + pixels * channels)
        }
      }
    }

    @Test("gate-shift, from convolution to fusion", arguments: InstructionSet.available)
    func gateShift(set: InstructionSet) {
      var numbers = SeededNumbers(21)
      for (size, shifted) in [(112, 8), (28, 16), (14, 40), (7, 92)] {
        let pixels = size * size
        let planes = numbers.floats(shifted * pixels)
        let (scale, offset) = (numbers.floats(shifted), numbers.floats(shifted))
        let weights = numbers.floats(shifted * 27, in: -0.1...0.1)
        let scratch = AlignedBuffer(
          count: Kernels.gateShiftPartialScratch(rows: size, columns: size, shifted: shifted))
        let gate = AlignedBuffer(count: 2 * pixels)
        let part = AlignedBuffer(count: 6 * pixels)
        expectAgreement(set, count: shifted * (pixels + 2)) { out in
          Kernels.gateShiftPartial(
            planes: planes, rows: size, columns: size, shifted: shifted, scale: scale, offset: offset, weights: weights,
            scratch: scratch.pointer, into: part.pointer)
          Kernels.gateShiftGate(
            before: part.pointer, now: part.pointer, after: part.pointer, bias: offset, pixels: pixels,
            into: gate.pointer)
          let means = out + shifted * pixels
          Kernels.gateShiftMeans(
            planes: planes, gate: gate.pointer, pixels: pixels, shifted: shifted, gated: means, rest: means + shifted)
          Kernels.gateShiftFuse(
            planes, gate: gate.pointer, movedX: planes, movedGate: gate.pointer, weight: scale, pixels: pixels,
            count: shifted, into: out)
        }
      }
    }

    @Test("a recurrent step", arguments: InstructionSet.available)
    func recurrent(set: InstructionSet) {
      var numbers = SeededNumbers(22)
      let (input, recurrent) = (numbers.floats(3 * 440, in: -5...5), numbers.floats(3 * 440, in: -5...5))
      let hidden = numbers.floats(440)
      expectAgreement(set, count: 440) { out in
        Kernels.gruGates(input: input, recurrent: recurrent, hidden: hidden, size: 440, next: out)
      }
    }
  }
}

/// What `kernel` writes under `set` equals what it writes under the portable set but for rounding.
private func expectAgreement(
  _ set: InstructionSet, count: Int, _ location: SourceLocation = #_sourceLocation,
  _ kernel: (UnsafeMutablePointer<Float>) -> Void
) {
  defer { InstructionSet.deselect() }
  let (portable, other) = (Guarded(count: count), Guarded(count: count))
  #expect(InstructionSet.select(.portable), sourceLocation: location)
  kernel(portable.pointer)
  #expect(InstructionSet.select(set), sourceLocation: location)
  kernel(other.pointer)
  expectClose(other.values(), portable.values().map(Double.init), tolerance: 4e-6, "\(set)", location)
}
