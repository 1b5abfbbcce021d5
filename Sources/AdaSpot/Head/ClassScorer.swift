internal import Foundation
internal import Tensors

/// From the GRU's output to class probabilities: linear, then softmax; f3set's nine heads multiply.
final class ClassScorer {
  /// Classes + background.
  let count: Int

  private let heads: [DenseWeights]
  private let elements: [[Int]]
  private var logits: [AlignedBuffer]
  /// Called with each head's logits of a row before they become probabilities; for tests.
  var observer: ((_ head: Int, _ row: Int, _ logits: UnsafeBufferPointer<Float>) -> Void)?

  /// Scores at most `rows` frames at once.
  init(heads: [DenseWeights], classes: ClassList, rows: Int) {
    self.heads = heads
    elements = classes.elements
    count = classes.names.count + 1
    logits = heads.map { AlignedBuffer(count: rows * $0.outputs) }
  }

  /// `features` is [rows, 2d]; `out` takes [rows, count].
  func score(_ features: UnsafePointer<Float>, rows: Int, into out: UnsafeMutablePointer<Float>) {
    for (index, head) in heads.enumerated() {
      let result = logits[index].pointer
      head.apply(features, rows: rows, relu: false, into: result)
      if let observer {
        for row in 0..<rows {
          observer(index, row, UnsafeBufferPointer(start: result + row * head.outputs, count: head.outputs))
        }
      }
    }
    for row in 0..<rows {
      if heads.count == 1 {
        (out + row * count).update(from: logits[0].pointer + row * count, count: count)
        Kernels.softmax(out + row * count, count: count)
      } else {
        combine(row, into: out + row * count)
      }
    }
  }

  /// P(full class) = σ(binary) · ∏ softmax of its sub-classes; P(background) = 1 − σ(binary).
  private func combine(_ row: Int, into out: UnsafeMutablePointer<Float>) {
    let event = 1 / (1 + exp(-logits[0].pointer[row]))
    let groups = (1..<heads.count).map { head in
      let start = logits[head].pointer + row * heads[head].outputs
      Kernels.softmax(start, count: heads[head].outputs)
      return start
    }
    out[0] = 1 - event
    for (label, indices) in elements.enumerated() {
      var product = event
      for (group, index) in indices.enumerated() { product *= groups[group][index] }
      out[label + 1] = product
    }
  }
}
