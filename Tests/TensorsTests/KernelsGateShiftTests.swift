import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#endif

extension KernelsTests {
  @Suite struct GateShift {
    @Test("the first channels become planes", arguments: InstructionSet.available)
    func extract(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      for (pixels, channels, shifted) in [(1, 1, 1), (5, 8, 4), (49, 368, 92), (35, 24, 8), (64, 40, 40)] {
        let x = Guarded((0..<pixels * channels).map(Float.init))
        let out = Guarded(count: shifted * pixels)
        Kernels.gateShiftExtract(x.input, pixels: pixels, channels: channels, shifted: shifted, into: out.pointer)
        let expected = (0..<shifted * pixels).map { Float($0 % pixels * channels + $0 / pixels) }
        #expect(out.values() == expected)
      }
    }

    @Test("one frame's share of the gate convolution", arguments: InstructionSet.available)
    func partial(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(10)
      for (rows, columns, shifted) in [
        (1, 1, 2), (1, 9, 4), (6, 1, 8), (7, 7, 92), (5, 19, 8), (4, 33, 16), (3, 70, 4),
      ] {
        let pixels = rows * columns
        let half = shifted / 2
        let (x, weights) = (numbers.floats(shifted * pixels), numbers.floats(2 * 3 * half * 9))
        let (scale, offset) = (numbers.floats(shifted), numbers.floats(shifted))
        var expected = [Double](repeating: 0, count: 6 * pixels)
        for (index, _) in expected.enumerated() {
          let (time, group, row, column) = (
            index / pixels / 2, index / pixels % 2, index % pixels / columns, index % columns
          )
          for channel in 0..<half {
            let c = group * half + channel
            for tap in 0..<9 {
              let (y, x1) = (row + tap / 3 - 1, column + tap % 3 - 1)
              guard (0..<rows).contains(y), (0..<columns).contains(x1) else { continue }
              let normalised = Double(x[c * pixels + y * columns + x1]) * Double(scale[c]) + Double(offset[c])
              expected[index] += max(normalised, 0) * Double(weights[((group * 3 + time) * half + channel) * 9 + tap])
            }
          }
        }
        let (planes, taps) = (Guarded(x), Guarded(weights))
        let scratch = Guarded(
          count: Kernels.gateShiftPartialScratch(rows: rows, columns: columns, shifted: shifted))
        let out = Guarded(count: 6 * pixels)
        Kernels.gateShiftPartial(
          planes: planes.input, rows: rows, columns: columns, shifted: shifted, scale: scale, offset: offset,
          weights: taps.input, scratch: scratch.pointer, into: out.pointer)
        expectClose(out.values(), expected, "\(rows)×\(columns), \(shifted) channels")
        _ = scratch.values()
      }
    }

    @Test("the gate, with and without neighbours", arguments: InstructionSet.available)
    func gate(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(11)
      for pixels in [1, 7, 16, 49, 61] {
        let parts = (0..<3).map { _ in Guarded(numbers.floats(6 * pixels, in: -4...4)) }
        let bias: [Float] = [0.25, -0.5]
        for (hasBefore, hasAfter) in [(true, true), (false, true), (true, false), (false, false)] {
          let out = Guarded(count: 2 * pixels)
          Kernels.gateShiftGate(
            before: hasBefore ? parts[0].input : nil, now: parts[1].input, after: hasAfter ? parts[2].input : nil,
            bias: bias, pixels: pixels, into: out.pointer)
          let expected = (0..<2 * pixels).map { index in
            var sum = Double(parts[1].pointer[2 * pixels + index]) + Double(bias[index / pixels])
            if hasBefore { sum += Double(parts[0].pointer[index]) }
            if hasAfter { sum += Double(parts[2].pointer[4 * pixels + index]) }
            return tanh(sum)
          }
          // The sum itself is off by up to 4e-7 in float32, to which the kernel's tanh adds at most 2e-7.
          expectClose(out.values(), expected, tolerance: 6e-7, "\(pixels) pixels")
        }
      }
    }

    @Test("tanh keeps to 2e-7 from −100 to 100", arguments: InstructionSet.available)
    func hyperbolicTangent(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      let near = (-40_000...40_000).map { Float($0) / 4_000 }
      let far = (-1_000...1_000).map { Float($0) / 10 } + [1e-20, -1e-20, 1e30, -1e30, .infinity, -.infinity, 0, -0.0]
      let x = near + far
      let part = Guarded([Float](repeating: 0, count: 6 * x.count))
      for (index, value) in x.enumerated() { part.pointer[2 * x.count + index] = value }
      let out = Guarded(count: 2 * x.count)
      Kernels.gateShiftGate(
        before: nil, now: part.input, after: nil, bias: [0, 0], pixels: x.count, into: out.pointer)
      expectClose(Array(out.values()[..<x.count]), x.map { tanh(Double($0)) }, tolerance: 2e-7)
      part.pointer[2 * x.count] = .nan
      Kernels.gateShiftGate(
        before: nil, now: part.input, after: nil, bias: [0, 0], pixels: x.count, into: out.pointer)
      #expect(out.values()[0].isNaN)
    }

    @Test("means of the gated part and the rest", arguments: InstructionSet.available)
    func means(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(12)
      for (pixels, shifted) in [(1, 2), (7, 8), (49, 92), (35, 4), (64, 16)] {
        let (x, gate) = (Guarded(numbers.floats(pixels * shifted)), Guarded(numbers.floats(2 * pixels)))
        let (gated, rest) = (Guarded(count: shifted), Guarded(count: shifted))
        Kernels.gateShiftMeans(
          planes: x.input, gate: gate.input, pixels: pixels, shifted: shifted, gated: gated.pointer, rest: rest.pointer)
        let expected = (0..<shifted).map { channel in
          (0..<pixels).reduce(into: (gated: 0.0, rest: 0.0)) { sums, pixel in
            let value = Double(x.pointer[channel * pixels + pixel]) / Double(pixels)
            let share = Double(gate.pointer[channel / (shifted / 2) * pixels + pixel])
            sums.gated += share * value
            sums.rest += (1 - share) * value
          }
        }
        expectClose(gated.values(), expected.map(\.gated), tolerance: 1e-6, "\(pixels)×\(shifted)")
        expectClose(rest.values(), expected.map(\.rest), tolerance: 1e-6, "\(pixels)×\(shifted)")
      }
    }

    @Test(
      "shares of the fusion weights, at every padding", arguments: InstructionSet.available, Kernels.Padding.allCases)
    func weigh(set: InstructionSet, padding: Kernels.Padding) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(14)
      for count in [1, 2, 3, 4, 6, 9, 17, 18, 20, 46, 55] {
        let (moved, rest) = (Guarded(numbers.floats(count)), Guarded(numbers.floats(count)))
        let (weights, before) = (Guarded(numbers.floats(6)), numbers.floats(count))
        for hasMoved in [true, false] {
          let out = Guarded(before)
          Kernels.gateShiftWeigh(
            moved: hasMoved ? moved.input : nil, rest: rest.input, weights: weights.input, padding: padding,
            count: count,
            into: out.pointer)
          let expected = (0..<count).map { channel in
            var sum = Double(before[channel])
            for tap in 0..<3 {
              var source = channel + tap - 1
              if !(0..<count).contains(source) {
                switch padding {
                case .zero: continue
                case .replicate: source = channel
                case .reflect: source = min(max(2 * channel - source, 0), count - 1)
                }
              }
              if hasMoved { sum += Double(weights.pointer[tap]) * Double(moved.pointer[source]) }
              sum += Double(weights.pointer[3 + tap]) * Double(rest.pointer[source])
            }
            return sum
          }
          expectClose(out.values(), expected, tolerance: 2e-6, "\(count) channels")
        }
      }
    }

    @Test("the sigmoid keeps to 1e-6 of its value", arguments: InstructionSet.available)
    func sigmoid(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      for count in [1, 3, 16, 46, 400] {
        let x = (0..<count).map { Float($0) * 0.2 - 40 }
        let out = Guarded(x)
        Kernels.sigmoid(out.pointer, count: count)
        for (found, value) in zip(out.values(), x) {
          let expected = 1 / (1 + exp(-Double(value)))
          #expect(abs(Double(found) - expected) <= 1e-6 * expected, "σ(\(value)) = \(found)")
        }
      }
    }

    @Test("fusion, with and without neighbour and weight", arguments: InstructionSet.available)
    func fuse(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(13)
      for (pixels, count) in [(1, 1), (7, 4), (49, 46), (35, 20), (64, 8)] {
        let (x, gate) = (Guarded(numbers.floats(pixels * count)), Guarded(numbers.floats(pixels)))
        let (movedX, movedGate) = (Guarded(numbers.floats(pixels * count)), Guarded(numbers.floats(pixels)))
        let weight = Guarded(numbers.floats(count, in: 0...1))
        for (hasX, hasGate, isFused) in [
          (true, true, true), (false, false, true), (true, true, false), (false, false, false), (true, false, true),
        ] {
          let out = Guarded(count: pixels * count)
          Kernels.gateShiftFuse(
            x.input, gate: gate.input, movedX: hasX ? movedX.input : nil, movedGate: hasGate ? movedGate.input : nil,
            weight: isFused ? weight.input : nil, pixels: pixels, count: count, into: out.pointer)
          let expected = (0..<pixels * count).map { index in
            let pixel = index % pixels
            let share = Double(weight.pointer[index / pixels])
            let stays = Double(x.pointer[index]) * (1 - Double(gate.pointer[pixel]))
            let comes = hasX && hasGate ? Double(movedX.pointer[index]) * Double(movedGate.pointer[pixel]) : 0
            return isFused ? comes * share + stays * (1 - share) : comes + stays
          }
          expectClose(out.values(), expected, tolerance: 1e-6, "\(pixels)×\(count)")
        }
      }
    }
  }
}
