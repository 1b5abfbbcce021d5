internal import Tensors

/// One frame's result of one operator. Lanes whose results are provably the same hold the same cell.
final class FrameCell {
  let buffer: AlignedBuffer
  /// How many rings hold this cell; back to its pool at 0.
  var holders = 0
  /// Whether it was computed from inputs that all lay inside the lane, and none has been replaced since: only then is
  /// it a function of those inputs alone and may serve another lane that holds the same ones.
  var isWhole = false
  /// The revision in which it was computed.
  var revision = 0

  init(count: Int) { buffer = AlignedBuffer(count: count) }
}

/// The cells of one operator, allocated at start: taken by rings, handed back when no ring holds them.
final class CellPool {
  private var free: [FrameCell]
  /// Overwrites what is handed back with NaN, so that a result used beyond its time shows. For tests.
  private let poisons: Bool

  init(cells: Int, floats: Int, poisons: Bool) {
    free = (0..<cells).map { _ in FrameCell(count: floats) }
    self.poisons = poisons
    if poisons { for cell in free { cell.buffer.fill(.nan) } }
  }

  func take() -> FrameCell {
    guard let cell = free.popLast() else { preconditionFailure("rings hold more cells than they declared") }
    cell.holders = 1
    return cell
  }

  func release(_ cell: FrameCell) {
    cell.holders -= 1
    guard cell.holders == 0 else { return }
    if poisons { cell.buffer.fill(.nan) }
    free.append(cell)
  }
}

extension FrameCell {
  func holdsSame(as other: FrameCell) -> Bool {
    for index in 0..<buffer.count
    where buffer.pointer[index].bitPattern != other.buffer.pointer[index].bitPattern { return false }
    return true
  }
}
