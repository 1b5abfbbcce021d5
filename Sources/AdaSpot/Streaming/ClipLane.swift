internal import Tensors

/// One lane of the exact profile: a lane of the graph with the clip it is in, its head and the regions it chose.
final class ClipLane {
  private(set) var clip: Int?
  /// Called after each step in time.
  var onStep: (() -> Void)?

  private let lane: TemporalLane
  private let head: ClipHead
  private let network: Network
  private let grid: ClipGrid
  private var regions: [RegionOfInterest] = []
  private let keepsSaliency: Bool
  private var saliency: [Float] = []
  /// How far the lane is: the newest frame, or past the clip's end what has been counted on.
  private var time = 0

  init(_ lane: TemporalLane, _ head: ClipHead, _ network: Network, _ grid: ClipGrid, keepsSaliency: Bool) {
    self.keepsSaliency = keepsSaliency
    self.lane = lane
    self.head = head
    self.network = network
    self.grid = grid
    regions.reserveCapacity(grid.length)
  }

  func start(_ clip: Int) {
    self.clip = clip
    let first = grid.start(clip)
    lane.start(first: first, last: first + grid.length - 1)
    time = first - 1
    head.start()
    regions.removeAll(keepingCapacity: true)
    saliency.removeAll(keepingCapacity: true)
  }

  func abandon() {
    clip = nil
    lane.stop()
  }

  /// Computes what frame `now` of the clip makes possible. Its last frame leaves what waited for later ones to
  /// `settle`.
  func advance(to now: Int) {
    guard clip != nil, lane.contains(now) else { return }
    compute(at: now)
    time = now
  }

  /// Once the clip's last frame has come: lets time go on for at most `steps`, until all of it is computed and its
  /// scores go to `emit`.
  func settle(steps: Int, emit: (ClipScores) -> Void) {
    guard let clip, let last = lane.last, time >= last else { return }
    for _ in 0..<min(steps, last + network.delay - time) {
      time += 1
      compute(at: time)
    }
    guard time == last + network.delay else { return }
    emit(
      ClipScores(
        clip: clip, start: grid.start(clip), probabilities: head.finish(), regions: regions, saliency: saliency))
    abandon()
  }

  private func compute(at time: Int) {
    network.graph.advance(lane, to: time)
    let regionFrame = time - network.graph.delays[network.region]
    if lane.contains(regionFrame) {
      regions.append(RegionOfInterest(encoded: lane.cell(network.region, regionFrame).buffer.pointer))
    }
    let saliencyFrame = time - network.graph.delays[network.saliency]
    if keepsSaliency, lane.contains(saliencyFrame) {
      let map = lane.cell(network.saliency, saliencyFrame).buffer
      saliency += UnsafeBufferPointer(start: map.pointer, count: map.count)
    }
    let fusedFrame = time - network.delay
    if lane.contains(fusedFrame) { head.append(lane.cell(network.fused, fusedFrame).buffer.pointer) }
    onStep?()
  }

  func observeHead(
    hidden: @escaping (UnsafeBufferPointer<Float>) -> Void,
    logits: @escaping (_ head: Int, _ row: Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    head.observer = hidden
    head.observeLogits(logits)
  }
}
