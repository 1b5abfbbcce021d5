import Tensors
import Testing

extension KernelsTests {
  @Suite struct Pictures {
    let scale: [Float] = [0.017, 0.018, 0.019]
    let offset: [Float] = [-2.1, -2.0, -1.8]

    @Test("resize with any number of taps, whole or cropped", arguments: InstructionSet.available)
    func resize(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(14)
      for (rows, columns, outRows, outColumns, rowTaps, columnTaps) in [
        (1, 1, 1, 1, 1, 1), (4, 6, 2, 3, 4, 4), (9, 31, 5, 13, 5, 5), (12, 40, 3, 7, 3, 2), (6, 70, 6, 21, 1, 7),
      ] {
        let source = (0..<rows * columns * 3).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        let rowFirst = (0..<outRows).map { _ in Int32.random(in: 0...Int32(rows - rowTaps), using: &numbers) }
        // From the second half on, as the crop of a wider picture asks for.
        let lowest = Int32(columns - columnTaps) / 2
        let columnFirst = (0..<outColumns).map { _ in
          Int32.random(in: lowest...Int32(columns - columnTaps), using: &numbers)
        }
        let rowWeights = numbers.weights(rows: outRows, taps: rowTaps)
        let columnWeights = numbers.weights(rows: outColumns, taps: columnTaps)
        var expected: [Double] = []
        for index in 0..<outRows * outColumns * 3 {
          let (row, column, channel) = (index / 3 / outColumns, index / 3 % outColumns, index % 3)
          var sum = 0.0
          for j in 0..<rowTaps {
            for i in 0..<columnTaps {
              let pixel = (Int(rowFirst[row]) + j) * columns + Int(columnFirst[column]) + i
              sum +=
                Double(rowWeights[row * rowTaps + j]) * Double(columnWeights[column * columnTaps + i])
                * Double(source[pixel * 3 + channel])
            }
          }
          expected.append(sum * Double(scale[channel]) + Double(offset[channel]))
        }
        let (scratch, out) = (Guarded(count: columns * 3), Guarded(count: expected.count))
        let (rowTable, columnTable) = (Guarded(rowWeights), Guarded(columnWeights))
        Kernels.resizeRGB(
          source, sourceColumns: columns, outRows: outRows, outColumns: outColumns, rowFirst: rowFirst,
          rowWeights: rowTable.input, rowTaps: rowTaps, columnFirst: columnFirst, columnWeights: columnTable.input,
          columnTaps: columnTaps, scale: scale, offset: offset, scratch: scratch.pointer, into: out.pointer)
        expectClose(out.values(), expected, "\(rows)×\(columns) to \(outRows)×\(outColumns)")
        _ = scratch.values()
      }
    }

    @Test("a window of a wider picture, normalised", arguments: InstructionSet.available)
    func normalise(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(15)
      for (rows, columns, spare) in [(1, 1, 0), (3, 5, 7), (2, 16, 0), (4, 37, 11)] {
        let stride = columns * 3 + spare
        let source = (0..<rows * stride).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        let expected = (0..<rows * columns * 3).map { index in
          let byte = source[index / (columns * 3) * stride + index % (columns * 3)]
          return Double(byte) * Double(scale[index % 3]) + Double(offset[index % 3])
        }
        let out = Guarded(count: expected.count)
        Kernels.normaliseRGB(
          source, stride: stride, rows: rows, columns: columns, scale: scale, offset: offset, into: out.pointer)
        expectClose(out.values(), expected, tolerance: 1e-6, "\(rows)×\(columns)")
      }
    }
  }
}

extension SeededNumbers {
  /// Rows of positive weights that sum to 1, as a resize has them.
  fileprivate mutating func weights(rows: Int, taps: Int) -> [Float] {
    (0..<rows).flatMap { _ in
      let row = floats(taps, in: 0.1...1)
      let sum = row.reduce(0, +)
      return row.map { $0 / sum }
    }
  }
}
