/// Where the three colours of an 8-bit RGB picture lie, in planes of their own or interleaved.
///
/// The value at (row, column) is `row * rowStride + column * pixelStride` behind each pointer. The pointers are borrowed.
struct ColourPlanes {
  let red: UnsafePointer<UInt8>
  let green: UnsafePointer<UInt8>
  let blue: UnsafePointer<UInt8>
  let pixelStride: Int
  let rowStride: Int
  let size: PictureSize
}
