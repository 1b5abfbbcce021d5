import TestSupport

extension VideoFolder {
  /// Three grey pictures without a codec, so that decoding starts no threads of its own.
  func makeRawVideo() throws -> String {
    let picture = Array("FRAME\n".utf8) + [UInt8](repeating: 128, count: 64 * 48 * 3 / 2)
    return try write("raw.y4m", Array("YUV4MPEG2 W64 H48 F25:1 C420jpeg\n".utf8) + picture + picture + picture)
  }

  /// Moving pictures of 398 × 224 (columns × rows), 25 a second.
  static let pattern = "-f lavfi -i testsrc2=size=398x224:rate=25"

  /// An H.264 video of `frames` frames with a key frame every tenth, its index at the front.
  func makeVideo(_ name: String = "clip.mp4", frames: Int) throws -> String {
    try make("\(Self.pattern) -frames:v \(frames) -pix_fmt yuv420p -c:v libx264 -g 10 -movflags +faststart \(name)")
  }
}
