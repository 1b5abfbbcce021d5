import Tensors
import Testing

extension KernelsTests {
  /// Products with packed weights against sums in double precision.
  @Suite struct Dense {
    /// Rows, outputs, inputs of the first and the second factor. Outputs around whole and half panels, rows around
    /// whole blocks, weights below and above what is kept in cache.
    private static let shapes = [
      (1, 1, 1, 0), (1, 40, 9, 3), (2, 16, 5, 0), (5, 17, 4, 4), (12, 32, 8, 0), (13, 33, 7, 2), (24, 24, 32, 8),
      (25, 48, 3, 1), (49, 56, 24, 0), (50, 152, 20, 36), (16, 368, 180, 12), (30, 300, 230, 0),
    ]

    @Test(
      "y = [a, b]·W + bias (+ residual), with and without ReLU, a in rows or in planes",
      arguments: InstructionSet.available, [false, true])
    func product(set: InstructionSet, isPlanar: Bool) {
      defer { InstructionSet.deselect() }
      #expect(InstructionSet.select(set))
      var numbers = SeededNumbers(11)
      for (index, shape) in Self.shapes.enumerated() {
        let (rows, outputs, first, second) = shape
        let (relu, hasResidual) = (index % 2 == 0, index % 3 == 0)
        let gap = index % 4
        let step = (isPlanar ? rows : first) + gap
        let a = Guarded(numbers.floats((isPlanar ? first : rows) * step))
        let b = Guarded(numbers.floats(rows * (second + gap)))
        let weights = numbers.floats((first + second) * outputs)
        let packed = Kernels.packDense(weights, inputs: first + second, outputs: outputs)
        let bias = Guarded(numbers.floats(outputs))
        let residual = Guarded(numbers.floats(rows * outputs))
        let out = Guarded(count: rows * outputs)
        Kernels.denseProduct(
          rows: rows, outputs: outputs,
          isPlanar
            ? Kernels.DenseInput(planes: a.input, count: first, step: step)
            : Kernels.DenseInput(a.input, count: first, step: step),
          second > 0 ? Kernels.DenseInput(b.input, count: second, step: second + gap) : nil,
          weights: packed.pointer, bias: bias.input,
          residual: hasResidual ? residual.input : nil, relu: relu, into: out.pointer)

        var expected = (0..<rows * outputs).map { Double(bias.pointer[$0 % outputs]) }
        for row in 0..<rows {
          for output in 0..<outputs {
            var sum = expected[row * outputs + output]
            for i in 0..<first + second {
              let x =
                i >= first
                ? b.pointer[row * (second + gap) + i - first] : a.pointer[isPlanar ? i * step + row : row * step + i]
              sum += Double(x) * Double(weights[i * outputs + output])
            }
            if hasResidual { sum += Double(residual.pointer[row * outputs + output]) }
            expected[row * outputs + output] = relu ? max(sum, 0) : sum
          }
        }
        expectClose(out.values(), expected, "\(shape)")
      }
    }

    @Test("scaled weights are those of a scaled input", arguments: InstructionSet.available)
    func scale(set: InstructionSet) {
      defer { InstructionSet.deselect() }
      #expect(InstructionSet.select(set))
      var numbers = SeededNumbers(12)
      for (inputs, outputs) in [(1, 1), (7, 24), (5, 33), (9, 80)] {
        let weights = numbers.floats(inputs * outputs)
        let factors = numbers.floats(inputs)
        let packed = Kernels.packDense(weights, inputs: inputs, outputs: outputs)
        let expected = Kernels.packDense(
          weights.indices.map { weights[$0] * factors[$0 / outputs] }, inputs: inputs, outputs: outputs)
        let out = Guarded(count: packed.count)
        Kernels.scaleDense(packed.pointer, by: factors, inputs: inputs, outputs: outputs, into: out.pointer)
        #expect(out.values() == expected.array(), "\(inputs)×\(outputs)")
      }
    }

    @Test("NaN in, NaN out, and in no other row", arguments: InstructionSet.available)
    func unknown(set: InstructionSet) {
      defer { InstructionSet.deselect() }
      #expect(InstructionSet.select(set))
      let (rows, inputs, outputs) = (30, 6, 20)
      var x = [Float](repeating: 1, count: rows * inputs)
      x[17 * inputs + 2] = .nan
      let weights = Kernels.packDense(
        [Float](repeating: 1, count: inputs * outputs), inputs: inputs, outputs: outputs)
      let out = Guarded(count: rows * outputs)
      Kernels.denseProduct(
        rows: rows, outputs: outputs, Kernels.DenseInput(x, count: inputs, step: inputs), weights: weights.pointer,
        bias: [Float](repeating: 0, count: outputs), relu: true, into: out.pointer)
      let result = out.values()
      for row in 0..<rows {
        #expect(result[row * outputs..<(row + 1) * outputs].allSatisfy { row == 17 ? $0.isNaN : $0 == 6 })
      }
    }
  }
}
