import Timeline
import Video

/// Moving pictures of 64 × 48 (columns × rows), 25 a second.
let pattern = "-f lavfi -i testsrc2=size=64x48:rate=25"

extension VideoReader {
  /// Reads to the end: every stamp, and the pixels of every frame, [rows, columns, 3] each.
  func all() throws(VideoError) -> (stamps: [FrameStamp], pixels: [[UInt8]]) {
    let picture = Picture(rows: info.outputSize.rows, columns: info.outputSize.columns)
    var stamps: [FrameStamp] = []
    var pixels: [[UInt8]] = []
    while let stamp = try next(into: picture) {
      stamps.append(stamp)
      pixels.append(Array(picture.bytes))
    }
    return (stamps, pixels)
  }
}

/// The largest difference of two equally long byte sequences, 256 if they are not.
func largestDifference(_ left: [UInt8], _ right: [UInt8]) -> Int {
  guard left.count == right.count else { return 256 }
  return zip(left, right).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
