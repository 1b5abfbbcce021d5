import Tensors
import Testing

extension KernelsTests {
  @Suite struct InstructionSets {
    @Test("every machine runs the portable kernels, and the best set is one it has")
    func best() {
      #expect(InstructionSet.available.first == .portable)
      #expect(InstructionSet.available.last == InstructionSet.best)
    }

    @Test("switching takes effect where the CPU allows it, and changes nothing where not")
    func select() {
      defer { InstructionSet.deselect() }
      let atStart = InstructionSet.current
      for set in InstructionSet.allCases {
        let before = InstructionSet.current
        let possible = InstructionSet.available.contains(set)
        #expect(InstructionSet.select(set) == possible)
        #expect(InstructionSet.current == (possible ? set : before))
      }
      InstructionSet.deselect()
      #expect(InstructionSet.current == atStart)
    }

    @Test("a request that cannot be met is explained in one line")
    func request() {
      #expect(InstructionSet.problem(requesting: "portable") == nil)
      #expect(
        InstructionSet.problem(requesting: "AVX10")
          == "SPOT_ISA: unknown instruction set \"AVX10\", expected one of portable, avx2, avx512")
      for set in InstructionSet.allCases where !InstructionSet.available.contains(set) {
        #expect(
          InstructionSet.problem(requesting: set.rawValue) == "SPOT_ISA: this CPU or build has no \(set.rawValue)")
      }
    }
  }
}
