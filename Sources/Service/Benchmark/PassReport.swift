/// What one pass costs, every operator once a frame on one thread, beside the floor of its arithmetic.
public struct PassReport: BenchmarkReport {
  public let machine: BenchmarkMachine
  public let network: String
  public let rounds: Int
  /// By stage, and `whole`, which is measured without the stages' clocks.
  public let milliseconds: [String: Double]
  public let cpuMilliseconds: [String: Double]
  public let multiplyAdds: Int
  /// OpenBLAS' SGEMM at the network's shapes, measured in turns with the passes.
  public let sgemmGigaflops: Double
  public let floorMilliseconds: Double
  /// CPU time of a pass over the floor: the median of the rounds' own ratios.
  public let passesOverFloor: Double

  enum CodingKeys: String, CodingKey {
    case machine, network, rounds
    case milliseconds = "ms_per_frame"
    case cpuMilliseconds = "cpu_ms_per_frame"
    case multiplyAdds = "multiply_adds"
    case sgemmGigaflops = "sgemm_gflops"
    case floorMilliseconds = "floor_ms"
    case passesOverFloor = "passes_over_floor"
  }
}

extension PassReport {
  public var description: String {
    var stages = TextTable("one pass, one thread", "ms a frame", "CPU ms")
    for stage in StageTimes.Stage.allCases.map(\.rawValue) + ["whole"] {
      stages.add(stage, fixed(milliseconds[stage] ?? 0, 3), fixed(cpuMilliseconds[stage] ?? 0, 3))
    }
    return """
      \(network)
      \(machine)
      medians of \(rounds) rounds
      \(stages.text)
      floor: \(fixed(Double(multiplyAdds) / 1e6, 1)) MMAC at OpenBLAS' \(fixed(sgemmGigaflops, 1)) GFLOP/s take \
      \(fixed(floorMilliseconds, 3)) ms; a pass takes \(fixed(passesOverFloor, 2)) times that
      """
  }
}
