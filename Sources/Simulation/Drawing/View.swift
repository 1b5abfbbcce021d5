/// What part of the camera's picture is shown: `focus` in the middle, enlarged `zoom` times.
struct View {
  let focus: SIMD2<Double>
  let zoom: Double
  /// Half the picture's size.
  let middle: SIMD2<Double>

  func place(_ point: SIMD2<Double>) -> SIMD2<Double> { (point - focus) * zoom + middle }
}
