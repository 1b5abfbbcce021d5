import TestSupport
import Testing
import Timeline
import Video

@Suite struct InfoTests {
  @Test func `the facts of a file are those it declares`() throws {
    let clips = try VideoFolder()
    let path = try clips.make(
      "\(pattern) -frames:v 25 -pix_fmt yuv420p -c:v libx264 -timecode 10:00:00:00 -colorspace bt709 -color_primaries bt709 "
        + "-color_trc bt709 -color_range tv clip.mov")
    let info = try VideoReader(path: path).info
    #expect(info.container.contains("mov"))
    #expect(info.codec == "h264")
    #expect(info.pixelFormat == "yuv420p")
    #expect(info.codedSize == PictureSize(rows: 48, columns: 64))
    #expect(info.orientation == .upright)
    #expect(info.frameRate == Ratio(25, 1))
    #expect(info.timeBase == TimeBase(numerator: 1, denominator: 12_800))
    #expect(info.duration == 1)
    #expect(info.countedFrames == 25)
    #expect(info.estimatedFrames == 25)
    #expect(info.timecode == "10:00:00:00")
    #expect(info.colour.matrix == "bt709")
    #expect(info.colour.primaries == "bt709")
    #expect(info.colour.transfer == "bt709")
    #expect(info.colour.range == "tv")
    #expect(info.colour.chromaLocation == "left")
    let table = Dictionary(uniqueKeysWithValues: info.table())
    #expect(table["codec"] == "h264")
    #expect(table["frame rate"] == "25/1 (25.0 frames/s)")
    #expect(table["coded size"] == "64×48")
    #expect(table["frames"] == "25")
  }

  @Test func `a container without a count gets an estimate`() throws {
    let clips = try VideoFolder()
    let info = try VideoReader(path: clips.make("\(pattern) -frames:v 25 -c:v ffv1 clip.mkv")).info
    #expect(info.countedFrames == nil)
    #expect(info.estimatedFrames == 25)
    #expect(Dictionary(uniqueKeysWithValues: info.table())["frames"] == "about 25")
  }
}
