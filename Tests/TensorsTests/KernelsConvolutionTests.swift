import Tensors
import Testing

extension KernelsTests {
  @Suite struct Convolutions {
    /// Rows × columns: single pixels, single rows and columns, and widths that end inside every block of pixels.
    static let maps = [(1, 1), (1, 6), (5, 1), (2, 2), (3, 7), (4, 10), (7, 7), (5, 18), (3, 37)]

    @Test("the stem", arguments: InstructionSet.available, Kernels.Padding.allCases)
    func stem(set: InstructionSet, padding: Kernels.Padding) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(7)
      for (rows, columns) in Self.maps {
        for channels in [16, 32, 48] {
          let x = numbers.floats(rows * columns * 3)
          let (weights, bias) = (numbers.floats(27 * channels), numbers.floats(channels))
          let expected = convolution(
            x, rows: rows, columns: columns, inputs: 3, outputs: channels, stride: 2, padding: padding
          ) { row, column, i, o in
            Double(weights[((row * 3 + column) * 3 + i) * channels + o])
          }
          let out = Guarded(count: expected.count)
          let (source, taps, offsets) = (Guarded(x), Guarded(weights), Guarded(bias))
          Kernels.stemConvolution(
            source.input, rows: rows, columns: columns, weights: taps.input, bias: offsets.input, channels: channels,
            padding: padding, into: out.pointer)
          expectClose(out.values(), biasReLU(expected, bias), "\(rows)×\(columns)×\(channels)")
        }
      }
    }

    @Test("grouped, with its mean", arguments: InstructionSet.available, Kernels.Padding.allCases)
    func grouped(set: InstructionSet, padding: Kernels.Padding) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(8)
      for (rows, columns) in Self.maps {
        for (channels, width) in [(8, 8), (16, 8), (24, 8), (56, 8), (16, 16), (48, 16), (12, 4), (48, 24), (3, 1)] {
          for stride in [1, 2] {
            let x = numbers.floats(rows * columns * channels)
            let (weights, bias) = (numbers.floats(channels * 9 * width), numbers.floats(channels))
            let sums = convolution(
              x, rows: rows, columns: columns, inputs: channels, outputs: channels, stride: stride, padding: padding
            ) { row, column, i, o in
              guard i / width == o / width else { return 0 }
              let tap = (o / width * 9 + row * 3 + column) * width + i % width
              return Double(weights[tap * width + o % width])
            }
            let expected = biasReLU(sums, bias)
            let (source, taps, offsets) = (Guarded(x), Guarded(weights), Guarded(bias))
            let (out, mean, alone) = (Guarded(count: sums.count), Guarded(count: channels), Guarded(count: sums.count))
            for (target, means) in [(out, mean.pointer), (alone, nil)] {
              Kernels.groupedConvolution(
                source.input, rows: rows, columns: columns, channels: channels, groupWidth: width, stride: stride,
                weights: taps.input, bias: offsets.input, padding: padding, into: target.pointer, mean: means)
            }
            let what = "\(rows)×\(columns)×\(channels), groups of \(width), stride \(stride)"
            expectClose(out.values(), expected, what)
            #expect(alone.values() == out.values())
            let pixels = sums.count / channels
            let means = (0..<channels).map { channel in
              (0..<pixels).reduce(0.0) { $0 + expected[$1 * channels + channel] } / Double(pixels)
            }
            expectClose(mean.values(), means, what)
          }
        }
      }
    }

    @Test("squeeze-excite's dense layers", arguments: InstructionSet.available)
    func squeezeExcite(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(9)
      for (channels, hidden) in [(8, 1), (24, 8), (56, 6), (152, 14), (13, 19)] {
        let mean = Guarded(numbers.floats(channels))
        let (weights1, bias1) = (Guarded(numbers.floats(hidden * channels)), Guarded(numbers.floats(hidden)))
        let (weights2, bias2) = (Guarded(numbers.floats(hidden * channels)), Guarded(numbers.floats(channels)))
        let (scratch, out) = (Guarded(count: hidden), Guarded(count: channels))
        Kernels.squeezeExcite(
          mean: mean.input, channels: channels, hidden: hidden, weights1: weights1.input, bias1: bias1.input,
          weights2: weights2.input, bias2: bias2.input, scratch: scratch.pointer, into: out.pointer)
        let squeezed = (0..<hidden).map { row in
          max(
            (0..<channels).reduce(Double(bias1.pointer[row])) {
              $0 + Double(weights1.pointer[row * channels + $1]) * Double(mean.pointer[$1])
            }, 0)
        }
        let expected = (0..<channels).map { row in
          sigmoid(
            (0..<hidden).reduce(Double(bias2.pointer[row])) {
              $0 + Double(weights2.pointer[row * hidden + $1]) * squeezed[$1]
            })
        }
        expectClose(out.values(), expected, tolerance: 1e-6, "\(channels) channels, \(hidden) hidden")
        _ = scratch.values()
      }
    }
  }
}

/// The textbook 3×3 convolution, channels last, weights by (tap row, tap column, input, output).
private func convolution(
  _ x: [Float], rows: Int, columns: Int, inputs: Int, outputs: Int, stride step: Int, padding: Kernels.Padding,
  weight: (Int, Int, Int, Int) -> Double
) -> [Double] {
  var out: [Double] = []
  for row in stride(from: 0, to: rows, by: step) {
    for column in stride(from: 0, to: columns, by: step) {
      for o in 0..<outputs {
        var sum = 0.0
        for tap in 0..<9 {
          guard let y = padded(row + tap / 3 - 1, rows, padding),
            let x1 = padded(column + tap % 3 - 1, columns, padding)
          else { continue }
          for i in 0..<inputs {
            sum += Double(x[(y * columns + x1) * inputs + i]) * weight(tap / 3, tap % 3, i, o)
          }
        }
        out.append(sum)
      }
    }
  }
  return out
}

/// Which row or column stands for an index one outside; a map too small to reflect repeats its border.
private func padded(_ index: Int, _ count: Int, _ padding: Kernels.Padding) -> Int? {
  if (0..<count).contains(index) { return index }
  switch padding {
  case .zero: return nil
  case .replicate: return min(max(index, 0), count - 1)
  case .reflect: return count == 1 ? 0 : index < 0 ? -index : 2 * (count - 1) - index
  }
}

private func biasReLU(_ sums: [Double], _ bias: [Float]) -> [Double] {
  sums.indices.map { max(sums[$0] + Double(bias[$0 % bias.count]), 0) }
}
