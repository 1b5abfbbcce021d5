/// The benchmarks of `spot bench`. Figures are medians over rounds.
public enum Benchmark {
  /// SGEMM at the network's shapes.
  public static func gemm(_ subject: BenchmarkSubject, rounds: Int) -> GEMMReport {
    GEMMBenchmark(subject.model).report(subject, rounds: rounds)
  }

  /// Each operator of the network.
  public static func operators(_ subject: BenchmarkSubject, rounds: Int) -> OperatorReport {
    OperatorBenchmark(subject, rounds: rounds).report()
  }

  /// One pass of the network, and its stages.
  public static func pass(_ subject: BenchmarkSubject, rounds: Int) -> PassReport {
    ModelBenchmark(subject, rounds: rounds).pass()
  }

  /// The network as a whole: the pass, streams of both profiles, memory, start.
  public static func model(_ subject: BenchmarkSubject, rounds: Int) -> ModelBenchmarkReport {
    ModelBenchmark(subject, rounds: rounds).report()
  }

  /// The frames of a video up to their scores, `frames` of them a round. Throws `.video`, and `.argument` for a video of
  /// one frame.
  public static func pipeline(
    _ subject: BenchmarkSubject, video: String, frames: Int, rounds: Int
  ) throws(ServiceError) -> PipelineReport {
    try PipelineBenchmark(subject: subject, video: video, frames: frames, rounds: rounds).report()
  }
}
