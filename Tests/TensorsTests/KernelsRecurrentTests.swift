import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#endif

func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

extension KernelsTests {
  @Suite struct Recurrent {
    @Test("a GRU step, into a new state and in place", arguments: InstructionSet.available)
    func gruGates(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(16)
      for size in [1, 5, 8, 16, 23, 368] {
        let (input, recurrent) = (Guarded(numbers.floats(3 * size, in: -9...9)), Guarded(numbers.floats(3 * size)))
        let (hidden, next) = (Guarded(numbers.floats(size)), Guarded(count: size))
        let expected = (0..<size).map { i in
          let (x, h) = (input.pointer, recurrent.pointer)
          let reset = sigmoid(Double(x[i]) + Double(h[i]))
          let update = sigmoid(Double(x[size + i]) + Double(h[size + i]))
          let candidate = tanh(Double(x[2 * size + i]) + reset * Double(h[2 * size + i]))
          return (1 - update) * candidate + update * Double(hidden.pointer[i])
        }
        Kernels.gruGates(
          input: input.input, recurrent: recurrent.input, hidden: hidden.input, size: size, next: next.pointer)
        expectClose(next.values(), expected, tolerance: 1e-6, "\(size) units")
        Kernels.gruGates(
          input: input.input, recurrent: recurrent.input, hidden: hidden.input, size: size, next: hidden.pointer)
        #expect(hidden.values() == next.values())
      }
    }

    @Test("softmax sums to one and bears large logits")
    func softmax() {
      for logits: [Float] in [[3], [0, 0], [1, -2, 0.5, 4], [1000, 999, -1000]] {
        let x = Guarded(logits)
        Kernels.softmax(x.pointer, count: logits.count)
        let highest = Double(logits.max() ?? 0)
        let powers = logits.map { exp(Double($0) - highest) }
        expectClose(x.values(), powers.map { $0 / powers.reduce(0, +) }, tolerance: 1e-6)
      }
      let poisoned = Guarded([0, .nan, 1])
      Kernels.softmax(poisoned.pointer, count: 3)
      #expect(poisoned.values().allSatisfy { $0.isNaN })
    }
  }
}
