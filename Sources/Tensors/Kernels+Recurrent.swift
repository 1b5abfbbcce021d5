import CKernels

extension Kernels {
  /// One GRU step from its products, in PyTorch's gate order (r, z, n): `input` [3·size] = W_ih·x + b_ih, `recurrent`
  /// [3·size] = W_hh·h + b_hh; r and z are σ of their sums, n = tanh(input_n + r·recurrent_n), `next` =
  /// (1 − z)·n + z·hidden. `next` may be `hidden`.
  public static func gruGates(
    input: UnsafePointer<Float>, recurrent: UnsafePointer<Float>, hidden: UnsafePointer<Float>, size: Int,
    next: UnsafeMutablePointer<Float>
  ) {
    spot_gru_gates(input, recurrent, hidden, size, next)
  }

  /// In place: the softmax of `count` logits.
  public static func softmax(_ x: UnsafeMutablePointer<Float>, count: Int) { spot_softmax(x, count) }
}
