internal import AdaSpot

/// What each operator costs.
public struct OperatorReport: BenchmarkReport {
  /// One operator of the graph.
  public struct Row: Encodable, Sendable {
    public let name: String
    public let kind: String
    /// CPU milliseconds a frame.
    public let milliseconds: Double
    public let multiplyAdds: Int
    /// Bytes of inputs (at all frames within reach), of the picture, weights and result, each moved once.
    public let bytes: Int
    /// The longer of two times: its arithmetic at SGEMM's rate, its bytes at the memory's.
    public let floorMilliseconds: Double

    init(
      name: String, kind: String, time: Double, work: OperatorWork, bytes: Int, bandwidth: Double, gigaflops: Double
    ) {
      self.name = name
      self.kind = kind
      milliseconds = time
      multiplyAdds = work.multiplyAdds
      self.bytes = bytes
      floorMilliseconds = max(Double(2 * multiplyAdds) / gigaflops / 1e6, Double(bytes) / bandwidth / 1e6)
    }

    enum CodingKeys: String, CodingKey {
      case name, kind, bytes
      case milliseconds = "cpu_ms_per_frame"
      case multiplyAdds = "multiply_adds"
      case floorMilliseconds = "floor_ms"
    }
  }

  public let machine: BenchmarkMachine
  public let network: String
  public let rounds: Int
  /// Gigabytes a second of a copy in main memory, read and written.
  public let bandwidth: Double
  public let gigaflops: Double
  public let operators: [Row]

  enum CodingKeys: String, CodingKey {
    case machine, network, rounds, operators
    case bandwidth = "copy_gb_per_s"
    case gigaflops = "sgemm_gflops"
  }
}

extension OperatorReport {
  public var description: String {
    """
    \(network)
    \(machine)
    one pass, CPU time, medians of \(rounds) rounds; floor: arithmetic at OpenBLAS' \(fixed(gigaflops, 1)) GFLOP/s or bytes at
    \(fixed(bandwidth, 1)) GB/s of a copy in memory, whichever is longer (caches are faster)
    \(table(operators.map { ($0.name, [$0]) }))

    \(table(kinds))
    """
  }

  /// Rows of one kind together, the dearest first.
  private var kinds: [(name: String, rows: [Row])] {
    Dictionary(grouping: operators, by: \.kind).map { (name: $0.key, rows: $0.value) }
      .sorted { Self.sum($0.rows, \.milliseconds) > Self.sum($1.rows, \.milliseconds) }
  }

  private static func sum(_ rows: [Row], _ value: (Row) -> Double) -> Double { rows.reduce(0) { $0 + value($1) } }

  private func table(_ groups: [(name: String, rows: [Row])]) -> String {
    let whole = Self.sum(operators, \.milliseconds)
    var table = TextTable("operator", "µs a frame", "share", "MMAC", "MB", "GFLOP/s", "over floor")
    for (name, rows) in groups + [("all", operators)] {
      let time = Self.sum(rows, \.milliseconds)
      let multiplyAdds = Self.sum(rows) { Double($0.multiplyAdds) }
      table.add(
        name, fixed(1000 * time, 1), fixed(100 * time / whole, 1) + " %", fixed(multiplyAdds / 1e6, 2),
        fixed(Self.sum(rows) { Double($0.bytes) } / 1e6, 2), fixed(2 * multiplyAdds / time / 1e6, 1),
        fixed(time / Self.sum(rows, \.floorMilliseconds), 2))
    }
    return table.text
  }
}
