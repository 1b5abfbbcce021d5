/// SGEMM at a network's shapes.
public struct GEMMReport: BenchmarkReport {
  /// One shape of product, [m, k]·[k, n].
  public struct Shape: Encodable, Sendable {
    public let m: Int
    public let n: Int
    public let k: Int
    /// How often it occurs in a frame.
    public let count: Int
    public let gigaflops: Double
    /// CPU time of all its occurrences in a frame.
    public let millisecondsPerFrame: Double

    enum CodingKeys: String, CodingKey {
      case m, n, k, count
      case gigaflops = "gflops"
      case millisecondsPerFrame = "ms_per_frame"
    }
  }

  public let machine: BenchmarkMachine
  public let network: String
  public let rounds: Int
  public let shapes: [Shape]
  /// All multiply-adds of a frame, also those of convolutions and recurrence.
  public let multiplyAdds: Int
  /// The rate over all products.
  public let gigaflops: Double
  /// All multiply-adds of a frame at that rate.
  public let floorMilliseconds: Double

  enum CodingKeys: String, CodingKey {
    case machine, network, rounds, shapes
    case multiplyAdds = "multiply_adds"
    case gigaflops = "gflops"
    case floorMilliseconds = "floor_ms"
  }
}

extension GEMMReport {
  public var description: String {
    var table = TextTable("m × n × k", "a frame", "GFLOP/s", "ms a frame")
    for shape in shapes {
      table.add(
        "\(shape.m) × \(shape.n) × \(shape.k)", "\(shape.count)", fixed(shape.gigaflops, 1),
        fixed(shape.millisecondsPerFrame, 3))
    }
    return """
      \(network)
      \(machine)
      SGEMM of OpenBLAS, operands in cache, CPU time, medians of \(rounds) rounds
      \(table.text)
      All products: \(fixed(gigaflops, 1)) GFLOP/s. At that rate a frame's \(fixed(Double(multiplyAdds) / 1e6, 1)) MMAC take
      \(fixed(floorMilliseconds, 2)) ms: the floor.
      """
  }
}
