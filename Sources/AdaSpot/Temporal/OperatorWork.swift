/// What one frame costs an operator by its shapes alone, however it is computed: the yardstick of benchmarks.
package struct OperatorWork: Sendable {
  /// Products with weights, [m, k]·[k, n].
  package let products: [MatrixProduct]
  /// Multiply-adds outside those: convolutions in space and time, dense layers on single vectors.
  package let otherMultiplyAdds: Int
  /// Weights that are read, in floats.
  package let weights: Int

  package init(products: [MatrixProduct] = [], otherMultiplyAdds: Int = 0, weights: Int = 0) {
    self.products = products
    self.otherMultiplyAdds = otherMultiplyAdds
    self.weights = weights
  }

  package var multiplyAdds: Int { products.reduce(otherMultiplyAdds) { $0 + $1.multiplyAdds } }
}

/// The shape of a matrix product: [m, k]·[k, n] gives [m, n].
package struct MatrixProduct: Sendable, Hashable {
  package let m: Int
  package let n: Int
  package let k: Int

  package init(m: Int, n: Int, k: Int) {
    self.m = m
    self.n = n
    self.k = k
  }

  package var multiplyAdds: Int { m * n * k }
}
