import Tensors
import Testing

extension KernelsTests {
  /// Matrix products: OpenBLAS behind our signatures, so the instruction set in use does not matter.
  @Suite struct Products {
    @Test("C = A·B with spare columns in every matrix", arguments: [false, true], [false, true])
    func gemm(transposeA: Bool, accumulate: Bool) {
      var numbers = SeededNumbers(1)
      for (m, n, k) in [(1, 1, 1), (3, 5, 7), (17, 33, 9), (49, 16, 40)] {
        let (lda, ldb, ldc) = ((transposeA ? m : k) + 2, n + 3, n + 1)
        let a = numbers.floats((transposeA ? k : m) * lda)
        let b = numbers.floats(k * ldb)
        let before = numbers.floats(m * ldc)
        let c = Guarded(before)
        Kernels.gemm(
          m: m, n: n, k: k, a: a, lda: lda, transposeA: transposeA, b: b, ldb: ldb, c: c.pointer, ldc: ldc,
          accumulate: accumulate)
        var expected = before.map(Double.init)
        for row in 0..<m {
          for column in 0..<n {
            var sum = accumulate ? expected[row * ldc + column] : 0
            for i in 0..<k {
              sum += Double(transposeA ? a[i * lda + row] : a[row * lda + i]) * Double(b[i * ldb + column])
            }
            expected[row * ldc + column] = sum
          }
        }
        expectClose(c.values(), expected, "\(m)×\(n)×\(k)")
      }
    }

    @Test("an empty product touches nothing, an empty sum is zero")
    func emptyProducts() {
      let one: [Float] = [1]
      let c = Guarded([5, 6, 7, 8])
      Kernels.gemm(m: 0, n: 2, k: 2, a: one, lda: 2, b: one, ldb: 2, c: c.pointer, ldc: 2)
      Kernels.gemm(m: 2, n: 0, k: 2, a: one, lda: 2, b: one, ldb: 2, c: c.pointer, ldc: 2)
      Kernels.gemm(m: 2, n: 2, k: 0, a: one, lda: 0, b: one, ldb: 2, c: c.pointer, ldc: 2, accumulate: true)
      #expect(c.values() == [5, 6, 7, 8])
      Kernels.gemm(m: 2, n: 1, k: 0, a: one, lda: 0, b: one, ldb: 1, c: c.pointer, ldc: 2)
      #expect(c.values() == [0, 6, 0, 8])
      Kernels.gemv(rows: 0, columns: 1, weights: one, x: one, y: c.pointer)
      Kernels.gemv(rows: 1, columns: 0, weights: one, x: one, y: c.pointer + 1, accumulate: true)
      #expect(c.values() == [0, 6, 0, 8])
      Kernels.gemv(rows: 1, columns: 0, weights: one, x: one, y: c.pointer + 1)
      #expect(c.values() == [0, 0, 0, 8])
    }

    @Test("y = W·x, whatever was in y", arguments: InstructionSet.available)
    func gemv(set: InstructionSet) {
      #expect(InstructionSet.select(set))
      defer { InstructionSet.deselect() }
      var numbers = SeededNumbers(2)
      for (rows, columns) in [(1, 1), (3, 5), (7, 16), (33, 40), (12, 368)] {
        let (weights, x) = (Guarded(numbers.floats(rows * columns)), Guarded(numbers.floats(columns)))
        let product = (0..<rows).map { row in
          (0..<columns).reduce(0.0) { $0 + Double(weights.pointer[row * columns + $1]) * Double(x.pointer[$1]) }
        }
        let fresh = Guarded(count: rows)
        Kernels.gemv(rows: rows, columns: columns, weights: weights.input, x: x.input, y: fresh.pointer)
        expectClose(fresh.values(), product, "\(rows)×\(columns)")
        let before = numbers.floats(rows)
        let added = Guarded(before)
        Kernels.gemv(
          rows: rows, columns: columns, weights: weights.input, x: x.input, y: added.pointer, accumulate: true)
        expectClose(added.values(), zip(product, before).map { $0 + Double($1) }, "\(rows)×\(columns), accumulated")
      }
    }

    @Test("OpenBLAS names itself and stays on one thread")
    func library() {
      Kernels.useOneBLASThread()
      #expect(Kernels.blasDescription.contains("OpenBLAS"))
    }
  }
}
