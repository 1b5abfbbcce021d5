import Tensors
import Testing

extension KernelsTests {
  @Suite struct Elementwise {
    /// Pixels × channels: single values, tails of every vector width, and more than one vector.
    static let shapes = [(1, 1), (3, 3), (5, 8), (7, 13), (4, 24), (49, 46), (2, 104)]

    @Test("bias, with and without ReLU", arguments: InstructionSet.available)
    func bias(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(3)
      for (pixels, channels) in Self.shapes {
        let (x, bias) = (numbers.floats(pixels * channels), numbers.floats(channels))
        let sum = x.indices.map { Double(x[$0]) + Double(bias[$0 % channels]) }
        for relu in [false, true] {
          let (out, offsets) = (Guarded(x), Guarded(bias))
          Kernels.addBias(out.pointer, offsets.input, pixels: pixels, channels: channels, relu: relu)
          expectClose(out.values(), relu ? sum.map { max($0, 0) } : sum, "\(pixels)×\(channels)")
        }
      }
    }

    @Test("bias, shortcut and ReLU in one pass", arguments: InstructionSet.available)
    func biasResidualReLU(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(4)
      for (pixels, channels) in Self.shapes {
        let (x, other) = (numbers.floats(pixels * channels), numbers.floats(pixels * channels))
        let (out, offsets, residual) = (Guarded(x), Guarded(numbers.floats(channels)), Guarded(other))
        Kernels.addBiasResidualReLU(
          out.pointer, offsets.input, residual: residual.input, pixels: pixels, channels: channels)
        let expected = x.indices.map {
          max(Double(x[$0]) + Double(offsets.pointer[$0 % channels]) + Double(other[$0]), 0)
        }
        expectClose(out.values(), expected, "\(pixels)×\(channels)")
      }
    }

    @Test("ReLU lets NaN through: it marks frames that must not be seen", arguments: InstructionSet.available)
    func notANumber(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      let zeros = [Float](repeating: 0, count: 19)
      let (x, residual) = (Guarded(zeros.map { _ in .nan }), Guarded(zeros))
      Kernels.addBias(x.pointer, zeros, pixels: 1, channels: 19, relu: true)
      #expect(x.values().allSatisfy { $0.isNaN })
      Kernels.addBiasResidualReLU(x.pointer, zeros, residual: residual.input, pixels: 1, channels: 19)
      #expect(x.values().allSatisfy { $0.isNaN })
    }

    @Test("scaling by channel", arguments: InstructionSet.available)
    func scaleChannels(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(5)
      for (pixels, channels) in Self.shapes {
        let x = numbers.floats(pixels * channels)
        let (out, scale) = (Guarded(x), Guarded(numbers.floats(channels)))
        Kernels.scaleChannels(out.pointer, scale.input, pixels: pixels, channels: channels)
        expectClose(out.values(), x.indices.map { Double(x[$0]) * Double(scale.pointer[$0 % channels]) })
      }
    }

    @Test("means over pixels and over channels", arguments: InstructionSet.available)
    func means(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(6)
      for (pixels, channels) in Self.shapes {
        let values = numbers.floats(pixels * channels)
        let (x, overPixels, overChannels) = (Guarded(values), Guarded(count: channels), Guarded(count: pixels))
        Kernels.meanOverPixels(x.input, pixels: pixels, channels: channels, into: overPixels.pointer)
        Kernels.meanOverChannels(x.input, pixels: pixels, channels: channels, into: overChannels.pointer)
        var (columns, rows) = ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: pixels))
        for (index, value) in values.enumerated() {
          columns[index % channels] += Double(value) / Double(pixels)
          rows[index / channels] += Double(value) / Double(channels)
        }
        expectClose(overPixels.values(), columns, tolerance: 1e-6, "\(pixels)×\(channels)")
        expectClose(overChannels.values(), rows, tolerance: 1e-6, "\(pixels)×\(channels)")
      }
    }

    @Test("every second pixel of every second row, odd sizes included")
    func takeEverySecond() {
      for (rows, columns, channels) in [(1, 1, 3), (4, 4, 2), (5, 7, 13), (6, 3, 8)] {
        let x = Guarded((0..<rows * columns * channels).map(Float.init))
        let expected = stride(from: 0, to: rows, by: 2).flatMap { row in
          stride(from: 0, to: columns, by: 2).flatMap { column in
            (0..<channels).map { Float((row * columns + column) * channels + $0) }
          }
        }
        let out = Guarded(count: expected.count)
        Kernels.takeEverySecond(x.input, rows: rows, columns: columns, channels: channels, into: out.pointer)
        #expect(out.values() == expected)
      }
    }
  }
}
