internal import AdaSpot
internal import Tensors

/// The rate that OpenBLAS' SGEMM reaches at this network's own shapes, and what all of a frame's arithmetic would take
/// at that rate: the floor that a pass is compared with.
struct GEMMBenchmark {
  /// A shape with how often it occurs in a frame.
  private let shapes: [(product: MatrixProduct, count: Int)]
  private let operands: [Operands]
  /// Multiply-adds of a frame, products and all else.
  let multiplyAdds: Int

  /// At least so long is a shape repeated for one time, by a core of up to `fastestGigaflops`; a slower one takes longer.
  private static let leastMilliseconds = 2.0
  private static let fastestGigaflops = 200.0

  private struct Operands {
    let a: AlignedBuffer
    let b: AlignedBuffer
    let c: AlignedBuffer
    let repeats: Int
  }

  init(_ model: Model) {
    let work = Network(model, lanes: 1).graph.operators.map(\.work)
    let products = work.flatMap(\.products)
    let distinct = Set(products).sorted { ($0.m, $0.n, $0.k) > ($1.m, $1.n, $1.k) }
    shapes = distinct.map { shape in (shape, products.count { $0 == shape }) }
    multiplyAdds = work.reduce(model.weights.recurrentWork.multiplyAdds) { $0 + $1.multiplyAdds }
    operands = distinct.map { shape in
      let fastest = Double(2 * shape.multiplyAdds) / Self.fastestGigaflops / 1e6
      return Operands(
        a: Self.filled(shape.m * shape.k), b: Self.filled(shape.k * shape.n),
        c: AlignedBuffer(count: shape.m * shape.n), repeats: Int((Self.leastMilliseconds / fastest).rounded(.up)))
    }
  }

  private static func filled(_ count: Int) -> AlignedBuffer {
    AlignedBuffer((0..<count).map { Float($0 % 17) / 16 - 0.5 })
  }

  /// CPU milliseconds of one product of each shape.
  func round() -> [Double] {
    zip(shapes, operands).map { shape, operands in
      let (m, n, k) = (shape.product.m, shape.product.n, shape.product.k)
      let start = BenchmarkClock.now()
      for _ in 0..<operands.repeats {
        Kernels.gemm(
          m: m, n: n, k: k, a: operands.a.pointer, lda: k, b: operands.b.pointer, ldb: n, c: operands.c.pointer, ldc: n)
      }
      return start.elapsed().cpu / Double(operands.repeats)
    }
  }

  /// What a round's times make of the whole frame.
  func floor(_ times: [Double]) -> (gigaflops: Double, milliseconds: Double) {
    let products = shapes.reduce(0) { $0 + $1.count * $1.product.multiplyAdds }
    let milliseconds = zip(shapes, times).reduce(0) { $0 + Double($1.0.count) * $1.1 }
    let gigaflops = Double(2 * products) / milliseconds / 1e6
    return (gigaflops, Double(2 * multiplyAdds) / gigaflops / 1e6)
  }

  func report(_ subject: BenchmarkSubject, rounds: Int) -> GEMMReport {
    let machine = BenchmarkMachine.current()
    _ = round()
    let times = (0..<rounds).map { _ in round() }
    let medians = shapes.indices.map { shape in median(times.map { $0[shape] }) }
    let floor = floor(medians)
    let rows = zip(shapes, medians).map { shape, time in
      GEMMReport.Shape(
        m: shape.product.m, n: shape.product.n, k: shape.product.k, count: shape.count,
        gigaflops: Double(2 * shape.product.multiplyAdds) / time / 1e6,
        millisecondsPerFrame: Double(shape.count) * time)
    }
    return GEMMReport(
      machine: machine, network: subject.title, rounds: rounds, shapes: rows, multiplyAdds: multiplyAdds,
      gigaflops: floor.gigaflops, floorMilliseconds: floor.milliseconds)
  }
}
