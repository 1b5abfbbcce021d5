import Foundation
import TestSupport
import Testing

@Suite("spot detect on unusable videos", .serialized)
struct DetectVideoFailureTests {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  private func detect(_ video: String) throws -> ProgramRun.Result { try Program.spot.run(["detect", video]) }

  @Test("no such file, a folder, an empty file")
  func noFile() throws {
    expectFailure(try detect(folder.path("none.mp4")), code: 2, "none.mp4: cannot open: there is no such file")
    expectFailure(try detect(folder.url.path), code: 2, "cannot open: it is a directory")
    expectFailure(try detect(folder.write("empty.mp4", [])), code: 2, "empty.mp4: cannot open: the file is empty")
  }

  @Test("text, whatever its name")
  func text() throws {
    let path = try folder.write("notes.mp4", "These are notes about a match.\n".utf8)
    expectFailure(try detect(path), code: 2, "notes.mp4: cannot recognise: not a video")
  }

  @Test("sound only")
  func soundOnly() throws {
    let path = try folder.make("-f lavfi -i sine=duration=0.2 sound.m4a")
    expectFailure(try detect(path), code: 2, "sound.m4a: cannot recognise: it has no video stream, only audio")
  }

  @Test("a video without frames")
  func noFrames() throws {
    let path = try folder.write("none.y4m", "YUV4MPEG2 W64 H48 F25:1 C420jpeg\n".utf8)
    expectFailure(try detect(path), code: 2, "none.y4m: cannot read: not a single frame could be decoded")
  }

  @Test("absurd dimensions")
  func absurdDimensions() throws {
    let path = try folder.write("huge.y4m", "YUV4MPEG2 W1000000 H1000000 F25:1 C420jpeg\nFRAME\n".utf8)
    expectFailure(try detect(path), code: 2, "huge.y4m")
  }

  @Test("a file that is cut short is scored as far as it goes, and what is missing is told")
  func truncated() throws {
    _ = try folder.makeVideo("whole.mp4", frames: 60)
    let bytes = try folder.bytes("whole.mp4")
    let result = try detect(folder.write("cut.mp4", bytes.prefix(bytes.count * 7 / 10)))
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("{\"predictions\": ["))
    #expect(result.errorLines.count == 2)
    let warning = #/spot: warning: .*cut.mp4: damaged: cut short, ([0-9]+) of 60 frames missing.*/#
    let missing = try #require(result.errorLines.first?.wholeMatch(of: warning)?.1)
    #expect(result.errors.contains("spot: \(60 - (try #require(Int(missing)))) frames in "))
  }

  @Test("damage in the middle is skipped and told")
  func damaged() throws {
    _ = try folder.makeVideo("whole.mp4", frames: 40)
    var bytes = try folder.bytes("whole.mp4")
    let middle = bytes.count / 2
    for index in middle..<middle + 2000 { bytes[index] = UInt8(truncatingIfNeeded: index &* 2_654_435_761 >> 7) }
    let result = try detect(folder.write("damaged.mp4", bytes))
    #expect(result.status == 0)
    #expect(result.errorLines.first?.contains("damaged.mp4: damaged: ") == true, "\(result.errors)")
    #expect(result.errorLines.last?.contains(" frames in ") == true)
  }

  @Test("a change of the picture size is followed and told")
  func sizeChange() throws {
    for (name, size) in [("a", "398x224"), ("b", "640x360")] {
      try folder.make(
        "-f lavfi -i testsrc2=size=\(size):rate=25 -frames:v 15 -pix_fmt yuv420p -c:v libx264 \(name).h264")
    }
    let video = try folder.write("both.h264", folder.bytes("a.h264") + folder.bytes("b.h264"))
    let result = try detect(video)
    #expect(result.status == 0)
    #expect(result.errors.contains("the picture size changed from 398×224 to 640×360 at frame 15"), "\(result.errors)")
    #expect(result.errors.contains("spot: 30 frames in "))
  }

  @Test("pictures of another shape are scored, and the distortion is told")
  func aspect() throws {
    let video = try folder.make("-f lavfi -i testsrc2=size=320x240:rate=25 -frames:v 3 -c:v ffv1 clip.mkv")
    let result = try detect(video)
    #expect(result.status == 0)
    #expect(result.errors.contains("shapes are distorted: shown at 320×240, scored at 796×448, 1.33 times as wide"))
  }
}
