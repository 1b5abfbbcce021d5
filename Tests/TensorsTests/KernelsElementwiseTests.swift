import Tensors
import Testing

extension KernelsTests {
  @Suite struct Elementwise {
    /// Pixels × channels: single values, tails of every vector width, and more than one vector.
    static let shapes = [(1, 1), (3, 3), (5, 8), (7, 13), (4, 24), (49, 46), (2, 104)]

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
