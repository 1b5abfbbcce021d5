import AdaSpot
import Bus

/// Divides the time of a turn among the network's parts, as the graph reports its results one by one.
final class NetworkStages {
  private var times: [LatencyRecorder.Stage: UInt64] = [:]
  private var stages: [String: LatencyRecorder.Stage] = [:]
  private var last: UInt64 = 0
  /// Which part the time goes to that follows the last result: the recurrence, then NMS.
  private var present = LatencyRecorder.Stage.gru

  /// Observes `network`, whose operators then cost a little more.
  init(_ network: Network) {
    for step in network.graph.operators { stages[step.name] = Self.stage(step.name) }
    network.graph.observer = { [unowned self] name, _, _, _ in lap(stages[name] ?? .gru) }
  }

  private static func stage(_ name: String) -> LatencyRecorder.Stage {
    if name.hasPrefix("lowres.") { return .lr }
    if name.hasPrefix("highres.") { return .hr }
    return name == "fused" ? .gru : .roi
  }

  /// A frame begins.
  func begin() {
    times.removeAll(keepingCapacity: true)
    present = .gru
    last = MonotonicClock.now
  }

  /// The network has scored: what follows makes events.
  func scored() {
    lap(.gru)
    present = .nms
  }

  /// A frame ends.
  func end(_ recorder: LatencyRecorder) {
    lap(present)
    for stage in [LatencyRecorder.Stage.lr, .roi, .hr, .gru, .nms] { recorder.add(stage, times[stage, default: 0]) }
  }

  private func lap(_ stage: LatencyRecorder.Stage) {
    let now = MonotonicClock.now
    times[stage, default: 0] += now - last
    last = now
  }
}
