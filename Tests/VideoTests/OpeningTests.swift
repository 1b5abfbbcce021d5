import Foundation
import TestSupport
import Testing
import Timeline
import Video

@Suite struct OpeningTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  /// What opening and reading `path` fails with.
  private func failure(_ path: String) throws -> VideoError {
    try #require(#expect(throws: VideoError.self) { try VideoReader(path: path).all() })
  }

  @Test func `a missing file`() throws {
    let path = clips.path("none.mp4")
    #expect(
      try failure(path).description
        == "\(path): cannot open: there is no such file (No such file or directory, code 2)")
  }

  @Test func `a path is a path, whatever colons it has`() throws {
    for path in ["clip:1.mp4", "C:clip.mp4", "court,1:2.mp4"] {
      #expect(try failure(path).reason == .noSuchFile)
    }
  }

  @Test func `a colon in a file's name, and a file URL`() throws {
    try clips.make("\(pattern) -frames:v 2 -c:v ffv1 clip.mkv")
    let path = try clips.write("half:past.mkv", clips.bytes("clip.mkv"))
    #expect(try VideoReader(path: path).all().stamps.count == 2)
    #expect(try VideoReader(path: "file://" + path).all().stamps.count == 2)
  }

  @Test func `a directory`() throws {
    #expect(try failure(clips.url.path).reason == .isDirectory)
  }

  @Test func `an empty file`() throws {
    #expect(try failure(clips.write("empty.mp4", [])).description.hasSuffix("cannot open: the file is empty"))
  }

  @Test(arguments: ["notes", "notes.txt", "notes.ans", "notes.mp4", "notes.ts"])
  func `a text file`(name: String) throws {
    let text = String(repeating: "The ball was in. It was not.\n", count: 200)
    let error = try failure(clips.write(name, Array(text.utf8)))
    #expect(error.reason == .notAVideo)
    #expect(error.operation == .probe)
  }

  @Test func `sound only`() throws {
    let path = try clips.make("-f lavfi -i sine=duration=0.2 sound.wav")
    #expect(try failure(path).reason == .noVideoStream(others: "audio"))
  }

  @Test func `music with a cover picture`() throws {
    try clips.make("\(pattern) -frames:v 1 cover.png")
    let path = try clips.make(
      "-f lavfi -i sine=duration=0.2 -i cover.png -map 0 -map 1 -c:v copy -disposition:v attached_pic song.mp3")
    #expect(try failure(path).reason == .noVideoStream(others: "audio, a cover picture"))
  }

  @Test func `a video with sound delivers the video`() throws {
    let path = try clips.make("\(pattern) -f lavfi -i sine -t 0.4 -pix_fmt yuv420p clip.mp4")
    #expect(try VideoReader(path: path).all().stamps.count == 10)
  }

  /// An AVI whose stream header is changed `at` bytes after its "strf".
  private func avi(at offset: Int, _ change: [UInt8]) throws -> String {
    try clips.make("\(pattern) -frames:v 2 -c:v mjpeg -pix_fmt yuvj420p clip.avi")
    var bytes = try clips.bytes("clip.avi")
    let start = try #require(bytes.firstRange(of: Array("strf".utf8))).lowerBound + offset
    bytes.replaceSubrange(start..<start + change.count, with: change)
    return try clips.write("changed.avi", bytes)
  }

  @Test func `a header that claims absurd dimensions`() throws {
    let side: [UInt8] = [0xA0, 0x86, 0x01, 0x00]  // 100,000
    let path = try avi(at: 12, side + side)
    let error = try failure(path)
    #expect(error.reason == .dimensions(PictureSize(rows: 100_000, columns: 100_000)))
    #expect(
      error.description
        == "\(path): cannot recognise: its pictures are 100000×100000, expected 1 to 16384 a side and at most 64 Mpx")
  }

  @Test func `a raw video that claims absurd dimensions`() throws {
    let path = try clips.write("huge.y4m", Array("YUV4MPEG2 W100000 H100000 F25:1 C420\nFRAME\n".utf8))
    #expect(try failure(path).operation == .probe)
  }

  @Test func `sizes are accepted up to the limits`() {
    #expect(PictureSize(rows: 4096, columns: 16_384).isAcceptable)
    #expect(!PictureSize(rows: 4097, columns: 16_384).isAcceptable)
    #expect(!PictureSize(rows: 1, columns: 16_385).isAcceptable)
    #expect(!PictureSize(rows: 0, columns: 10).isAcceptable)
    #expect(!PictureSize(rows: 10, columns: -1).isAcceptable)
  }

  @Test func `a codec that nobody knows`() throws {
    let path = try avi(at: 24, Array("ZZQ9".utf8))
    #expect(try failure(path).description == "\(path): cannot start the decoder: there is no decoder for ZZQ9")
  }

  @Test func `arguments out of range`() throws {
    let path = try clips.make("\(pattern) -frames:v 1 -c:v ffv1 clip.mkv")
    let size = PictureSize(rows: 0, columns: 10)
    #expect(throws: VideoError.self) { try VideoReader(path: path, output: size) }
    for stride in [0, -1] { #expect(throws: VideoError.self) { try VideoReader(path: path, stride: stride) } }
    for threads in [0, 65] { #expect(throws: VideoError.self) { try VideoReader(path: path, threads: threads) } }
  }

  @Test func `a server that is not there, and no password in the message`() throws {
    let error = try failure("http://user:secret@127.0.0.1:1/clip.mp4")
    #expect(error.reason == .refused)
    #expect(error.description.hasPrefix("http://***@127.0.0.1:1/clip.mp4: cannot open: refused (Connection refused"))
  }

  @Test func `a playlist on disk cannot reach the network`() throws {
    let playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n"
    let started = ContinuousClock.now
    #expect(throws: VideoError.self) { try VideoReader(path: clips.write("list.m3u8", Array(playlist.utf8))).all() }
    #expect(started.duration(to: .now) < .seconds(5))
  }
}
