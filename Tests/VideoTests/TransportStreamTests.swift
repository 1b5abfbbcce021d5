import Foundation
import Synchronization
import TestSupport
import Testing
import Timeline
import Video

/// What happens to timestamps in broadcasts, as files of it.
@Suite("transport streams")
struct TransportStreamTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  private func read(_ path: String, stride: Int = 1) throws -> (
    stamps: [FrameStamp], ends: [Discontinuity], SourceBreaks
  ) {
    var options = SourceOptions()
    options.watchesContinuity = true
    let reader = try VideoReader(path: path, stride: stride, options: options)
    var ends: [Discontinuity] = []
    reader.observe { if case .epochEnded(let end) = $0 { ends.append(end) } }
    let stamps = try reader.all().stamps
    return (stamps, ends, reader.losses.breaks)
  }

  private func make(_ name: String, frames: Int = 40, _ arguments: String = "") throws -> String {
    try clips.make("\(pattern) -frames:v \(frames) \(arguments) -pix_fmt yuv420p -c:v mpeg2video -q:v 4 -g 5 \(name)")
  }

  /// Within an epoch, indices and times rise by one frame.
  private func expectSteady(_ stamps: [FrameStamp], stride: Int = 1) {
    for (left, right) in zip(stamps, stamps.dropFirst()) where left.epoch == right.epoch {
      #expect(right.index == left.index + 1)
      #expect(abs(right.time.seconds - left.time.seconds - 0.04 * Double(stride)) < 0.001)
    }
  }

  @Test("timestamps that wrap break nothing")
  func wrap() throws {
    let (stamps, ends, _) = try read(make("wrap.ts", frames: 60, "-output_ts_offset 95442"))
    #expect(stamps.count == 60 && ends.isEmpty)
    expectSteady(stamps)
  }

  @Test("missing frames end the epoch and are numbered", arguments: [1, 2])
  func hole(stride: Int) throws {
    let path = try make("hole.ts", frames: 40, "-vf select='not(between(n,21,23))' -vsync passthrough")
    let (stamps, ends, breaks) = try read(path, stride: stride)
    #expect(ends.count == 1 && breaks.lostFrames == 3)
    let end = try #require(ends.first)
    #expect(end.frames == 21 && end.missing == 3 && end.delivered == (21 + stride - 1) / stride)
    #expect(stamps.count { $0.epoch == 0 } == end.delivered)
    #expect(stamps.first { $0.epoch == 1 }?.index == 0)
    expectSteady(stamps, stride: stride)
  }

  @Test("recordings that were joined are two epochs")
  func joined() throws {
    let bytes = try clips.bytes(URL(filePath: make("one.ts", frames: 30)).lastPathComponent)
    let (stamps, ends, breaks) = try read(clips.write("joined.ts", bytes + bytes))
    #expect(ends.count == 1 && breaks.timestampJumps == 1)
    #expect(ends.first?.missing == nil && ends.first?.reason == .source)
    #expect(stamps.map(\.index) == Array(0..<30) + Array(0..<30))
    expectSteady(stamps)
  }

  @Test("pictures that go on in another stream are told, not passed over in silence")
  func anotherStream() throws {
    let first = try clips.bytes(URL(filePath: make("first.ts", frames: 30, "-streamid 0:300")).lastPathComponent)
    for (frames, told) in [(60, true), (10, false)] {
      _ = try make("second.ts", frames: frames, "-streamid 0:400 -output_ts_offset 1.2")
      let reader = try VideoReader(path: clips.write("both.ts", first + clips.bytes("second.ts")))
      #expect(try reader.all().stamps.count == 30)
      #expect((reader.losses.otherPictures > 0) == told)
      if told {
        // Those around the first stream's last picture, which is whole at the end of the data only, are told apart from the others.
        #expect((55...60).contains(reader.losses.otherPictures))
        #expect(reader.losses.summary?.hasSuffix("pictures of a video stream that began later left out") == true)
      } else {
        #expect(reader.losses.summary == nil)
      }
    }
  }

  @Test("another frame rate is another epoch")
  func rate() throws {
    let path = try clips.make(
      "-f lavfi -i testsrc2=size=64x48:rate=50 -frames:v 90 -vf setpts='if(lt(N,30),2*N,30+N)' -vsync passthrough "
        + "-pix_fmt yuv420p -c:v mpeg2video -g 5 rate.ts")
    let (stamps, ends, breaks) = try read(path)
    #expect(breaks.rateChanges == 1)
    #expect(stamps.count == 90)
    #expect(ends.allSatisfy { $0.missing == 0 })
  }

  @Test("another picture size goes on in the same epoch, and is counted")
  func size() throws {
    let codec = "-frames:v 25 -pix_fmt yuv420p -c:v libx264 -bf 0 -g 5"
    try clips.make("\(pattern) \(codec) small.ts")
    try clips.make("-f lavfi -i testsrc2=size=96x64:rate=25 \(codec) -output_ts_offset 1 large.ts")
    let path = try clips.write("sizes.ts", clips.bytes("small.ts") + clips.bytes("large.ts"))
    let (stamps, ends, breaks) = try read(path)
    #expect(breaks.sizeChanges == 1 && ends.isEmpty)
    #expect(stamps.count == 50 && stamps.last?.epoch == 0)
    expectSteady(stamps)
  }

  @Test("damage that takes frames away is told as damage")
  func damage() throws {
    var bytes = try clips.bytes(URL(filePath: make("whole.ts", frames: 100, "-bf 0")).lastPathComponent)
    // Whole packets, as a network loses them.
    let middle = bytes.count / 188 / 2
    bytes.removeSubrange(middle * 188..<(middle + 40) * 188)
    let (stamps, ends, breaks) = try read(clips.write("lossy.ts", bytes))
    #expect(breaks.lostFrames > 0 && ends.contains { $0.reason == .damage })
    #expect(stamps.count + breaks.lostFrames == 100)
    expectSteady(stamps)
  }
}
