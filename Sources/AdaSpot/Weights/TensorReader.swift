package import Tensors

/// Hands out a checkpoint's tensors by name and records what it was asked for.
///
/// The network's constructors run once through every tensor they need. Run over a `recorder` they yield the layout that
/// a checkpoint must have; run over a checked file they build the weights. One walk, so the two cannot differ.
package struct TensorReader {
  package let values: (_ name: String, _ shape: [Int]) -> [Float]
  /// Where what is made of them is kept, in the order of use.
  package let arena = BufferArena()

  package init(values: @escaping (_ name: String, _ shape: [Int]) -> [Float]) { self.values = values }

  package func callAsFunction(_ name: String, _ shape: Int...) -> [Float] { values(name, shape) }
}
