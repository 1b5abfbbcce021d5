/// One copy of the network's temporal state: for every operator a ring of its newest results.
package final class TemporalLane {
  /// First frame of the clip (or of the endless run) that the lane is in.
  private(set) var first = 0
  /// Its last frame; nil while it is not known.
  var last: Int?
  private(set) var isActive = false

  private var rings: [[FrameCell?]]
  private var frames: [[Int]]
  private let pools: [CellPool]

  init(capacities: [Int], pools: [CellPool]) {
    rings = capacities.map { Array(repeating: nil, count: $0) }
    frames = capacities.map { Array(repeating: Int.min, count: $0) }
    self.pools = pools
  }

  /// Begins a clip (or, without `last`, an endless run): nothing of what was before is kept.
  func start(first: Int, last: Int?) {
    stop()
    self.first = first
    self.last = last
    isActive = true
  }

  /// Hands every cell back.
  func stop() {
    isActive = false
    for index in rings.indices {
      for slot in rings[index].indices { vacate(index, slot: slot) }
    }
  }

  private func slot(_ index: Int, _ frame: Int) -> Int {
    let remainder = frame % rings[index].count
    return remainder < 0 ? remainder + rings[index].count : remainder
  }

  func contains(_ frame: Int) -> Bool { isActive && frame >= first && frame <= last ?? .max }

  /// The result of operator `index` at `frame`, nil where the ring does not hold it.
  func heldCell(_ index: Int, _ frame: Int) -> FrameCell? {
    let slot = slot(index, frame)
    return frames[index][slot] == frame ? rings[index][slot] : nil
  }

  /// The result of operator `index` at `frame`, which the ring holds if reaches are declared rightly.
  func cell(_ index: Int, _ frame: Int) -> FrameCell {
    guard let cell = heldCell(index, frame) else {
      preconditionFailure("operator \(index) was read at frame \(frame), which its ring does not hold")
    }
    return cell
  }

  /// Hands back what lies in the place of frame `frame`.
  func vacate(_ index: Int, _ frame: Int) { vacate(index, slot: slot(index, frame)) }

  private func vacate(_ index: Int, slot: Int) {
    if let former = rings[index][slot] { pools[index].release(former) }
    rings[index][slot] = nil
    frames[index][slot] = .min
  }

  /// Puts `cell` (already counted for this ring) in the place of frame `frame`.
  func store(_ cell: FrameCell, _ index: Int, _ frame: Int) {
    let slot = slot(index, frame)
    vacate(index, slot: slot)
    rings[index][slot] = cell
    frames[index][slot] = frame
  }
}
