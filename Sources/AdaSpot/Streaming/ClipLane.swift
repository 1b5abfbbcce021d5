internal import Tensors

/// One lane of the exact profile: a lane of the graph with the clip it is in, its head and the regions it chose.
final class ClipLane {
  private(set) var clip: Int?

  private let lane: TemporalLane
  private let head: ClipHead
  private let network: Network
  private let grid: ClipGrid
  private var regions: [RegionOfInterest] = []

  init(_ lane: TemporalLane, _ head: ClipHead, _ network: Network, _ grid: ClipGrid) {
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
    head.start()
    regions.removeAll(keepingCapacity: true)
  }

  func abandon() {
    clip = nil
    lane.stop()
  }

  /// Computes what frame `now` (or, past the clip's end, time `now`) makes possible.
  func advance(to now: Int) {
    guard clip != nil else { return }
    network.graph.advance(lane, to: now)
    let regionFrame = now - network.graph.delays[network.region]
    if lane.contains(regionFrame) {
      regions.append(RegionOfInterest(encoded: lane.cell(network.region, regionFrame).buffer.pointer))
    }
    let fusedFrame = now - network.delay
    if lane.contains(fusedFrame) { head.append(lane.cell(network.fused, fusedFrame).buffer.pointer) }
  }

  /// If `now` is the clip's last frame: lets time go on until all of it is computed, and emits its scores.
  func finish(at now: Int, emit: (ClipScores) -> Void) {
    guard let clip, now == grid.start(clip) + grid.length - 1 else { return }
    for time in now + 1...now + network.delay { advance(to: time) }
    emit(
      ClipScores(clip: clip, start: grid.start(clip), probabilities: head.finish(), regions: regions))
    abandon()
  }

  func observeHead(
    hidden: @escaping (UnsafeBufferPointer<Float>) -> Void,
    logits: @escaping (_ head: Int, _ row: Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    head.observer = hidden
    head.observeLogits(logits)
  }
}
