internal import Tensors

/// Working memory of one stream's operators, which run one at a time: each borrows the parts it needs and leaves
/// nothing in them.
package final class Scratch {
  enum Part: Int, CaseIterable {
    case picture, row, planes, expanded, grouped, halved, weights, vector
  }

  private var buffers = Part.allCases.map { _ in AlignedBuffer(count: 0) }

  package init() {}

  /// Makes a part at least `count` floats long. Called while the network is built, before anything runs.
  func reserve(_ part: Part, _ count: Int) {
    if buffers[part.rawValue].count < count { buffers[part.rawValue] = AlignedBuffer(count: count) }
  }

  subscript(_ part: Part) -> UnsafeMutablePointer<Float> { buffers[part.rawValue].pointer }

  var bytes: Int { buffers.reduce(0) { $0 + 4 * $1.count } }
}
