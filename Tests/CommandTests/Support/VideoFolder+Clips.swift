import TestSupport

extension VideoFolder {
  /// Moving pictures of 398 × 224 (columns × rows), 25 a second.
  static let pattern = "-f lavfi -i testsrc2=size=398x224:rate=25"

  /// An H.264 video of `frames` frames with a key frame every tenth, its index at the front.
  func makeVideo(_ name: String = "clip.mp4", frames: Int) throws -> String {
    try make("\(Self.pattern) -frames:v \(frames) -pix_fmt yuv420p -c:v libx264 -g 10 -movflags +faststart \(name)")
  }
}
