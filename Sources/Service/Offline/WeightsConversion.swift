internal import AdaSpot
public import Tensors

/// Rewrites a weights file of any readable format as safetensors.
public struct WeightsConversion: Sendable {
  /// What became of a file.
  public struct Outcome: Sendable, Equatable {
    public let tensors: Int
    /// Tensors left out because inference does not read them.
    public let dropped: Int
    public let parameters: Int
  }

  public var precision = FloatPrecision.float32
  /// Leaves out training's auxiliary heads and the norms' step counters.
  public var inferenceOnly = false

  public init() {}

  /// Reads `source` and writes `destination`, another file, whole or not at all.
  public func convert(_ source: String, to destination: String) throws(ServiceError) -> Outcome {
    try OutputPath.check(destination)
    try OutputPath.checkDistinct(
      [(name: "the result", path: destination)], inputs: [(name: "the checkpoint", path: source)])
    let state: StateDict
    do throws(TensorsError) {
      state = try StateDict.read(path: source)
    } catch {
      throw .weights(error)
    }
    func isKept(_ name: String) -> Bool { !(inferenceOnly && NetworkWeights.isIgnored(name)) }
    do throws(TensorsError) {
      try state.writeSafetensors(to: destination, precision: precision, keep: isKept)
    } catch {
      throw .output(error)
    }
    let kept = state.entries.filter { isKept($0.name) }
    return Outcome(
      tensors: kept.count, dropped: state.entries.count - kept.count,
      parameters: kept.reduce(0) { $0 + $1.elementCount })
  }
}

extension WeightsConversion.Outcome: CustomStringConvertible {
  /// One line for a person.
  public var description: String {
    "\(tensors) tensors, \(parameters) numbers" + (dropped > 0 ? "; \(dropped) tensors left out" : "")
  }
}
