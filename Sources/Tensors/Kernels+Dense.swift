import CKernels

/// Dense layers and 1×1 convolutions, with weights packed once.
extension Kernels {
  /// Some of the columns of a product's left factor.
  public struct DenseInput {
    fileprivate var native: spot_dense_input

    /// Columns side by side: [rows, count], rows `step` values apart.
    public init(_ x: UnsafePointer<Float>, count: Int, step: Int) {
      native = spot_dense_input(x: x, step: step, k: Int32(count), is_planar: false)
    }

    /// Columns as planes: [count, rows], planes `step` values apart.
    public init(planes x: UnsafePointer<Float>, count: Int, step: Int) {
      native = spot_dense_input(x: x, step: step, k: Int32(count), is_planar: true)
    }
  }

  /// `weights` [inputs, outputs] as `denseProduct` takes them.
  public static func packDense(
    _ weights: [Float], inputs: Int, outputs: Int, in arena: BufferArena = BufferArena()
  ) -> AlignedBuffer {
    precondition(weights.count == inputs * outputs, "packDense: \(weights.count) weights, not \(inputs)×\(outputs)")
    let packed = arena.buffer(count: spot_dense_packed_count(Int32(inputs), Int32(outputs)))
    spot_dense_pack(weights, Int32(inputs), Int32(outputs), packed.pointer)
    return packed
  }

  /// `out` = packed `weights` [inputs, outputs] with row i times `scale`[i], packed as well.
  public static func scaleDense(
    _ weights: UnsafePointer<Float>, by scale: UnsafePointer<Float>, inputs: Int, outputs: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    spot_dense_scale(weights, scale, Int32(inputs), Int32(outputs), out)
  }

  /// `out` [rows, outputs] = [`first`, `second`]·`weights` + `bias` (+ `residual` [rows, outputs]), then max(·, 0) if
  /// `relu`. `weights` [first.count + second.count, outputs] are packed.
  public static func denseProduct(
    rows: Int, outputs: Int, _ first: DenseInput, _ second: DenseInput? = nil, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>, residual: UnsafePointer<Float>? = nil, relu: Bool,
    into out: UnsafeMutablePointer<Float>
  ) {
    spot_dense_product(
      Int32(rows), Int32(outputs), first.native, second?.native ?? spot_dense_input(), weights, bias, residual, relu,
      out)
  }
}
