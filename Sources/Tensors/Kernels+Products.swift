import CKernels

extension Kernels {
  /// `c` = A·B, or c + A·B if `accumulate`. A is [m, k] with rows `lda` apart, or stored as [k, m] if `transposeA`; B is
  /// [k, n] with rows `ldb` apart; C is [m, n] with rows `ldc` apart.
  public static func gemm(
    m: Int, n: Int, k: Int, a: UnsafePointer<Float>, lda: Int, transposeA: Bool = false, b: UnsafePointer<Float>,
    ldb: Int, c: UnsafeMutablePointer<Float>, ldc: Int, accumulate: Bool = false
  ) {
    precondition(lda >= (transposeA ? m : k) && ldb >= n && ldc >= n, "gemm: rows overlap")
    spot_gemm(Int32(m), Int32(n), Int32(k), a, Int32(lda), transposeA, b, Int32(ldb), c, Int32(ldc), accumulate)
  }

  /// `y` = W·x, or y + W·x if `accumulate`; `weights` is [rows, columns].
  public static func gemv(
    rows: Int, columns: Int, weights: UnsafePointer<Float>, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>,
    accumulate: Bool = false
  ) {
    spot_gemv(Int32(rows), Int32(columns), weights, x, y, accumulate)
  }

  /// Keeps OpenBLAS on the calling thread; call once, before the first product.
  public static func useOneBLASThread() { spot_blas_single_thread() }

  /// What OpenBLAS says of itself: version, build options, core type.
  public static var blasDescription: String { String(cString: spot_blas_description()) }
}
