/// The numeric kernels of the network, for float32 maps in C order, channels last (`[rows, columns, channels]`) unless a
/// function says planar (`[channels, rows, columns]`).
///
/// They take pointers, because callers own ring buffers and scratch that are allocated once, and trust that each points
/// to as many values as its shape says. Input and output never overlap unless a function works in place. NaN in, NaN out.
public enum Kernels {
  /// What a 3×3 convolution sees one pixel outside its map.
  public enum Padding: Sendable, CaseIterable {
    case zero
    /// The nearest pixel of the border.
    case replicate
    /// The pixel as far inside the border pixel as this one is outside it.
    case reflect
  }
}
