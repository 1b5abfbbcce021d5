import Foundation
import TestSupport
import Testing
import Timeline
import Video

@Suite("interlaced pictures")
struct InterlaceTests {
  private let clips: VideoFolder
  /// A bar 8 wide that is at column 2·n in frame n, 50 a second.
  private let bar =
    "-f lavfi -i color=black:size=160x64:rate=50,format=yuv420p,geq=lum='16+200*between(X,N*2,N*2+7)':cb=128:cr=128"

  init() throws { clips = try VideoFolder() }

  private func interlaced(
    first: String, pictures: Int = 30, more: String = "", name: String = "clip.ts"
  ) throws -> String {
    try clips.make(
      "\(bar) -frames:v \(pictures) "
        + "-vf tinterlace=\(first == "tff" ? "interleave_top" : "interleave_bottom"),fieldorder=\(first) "
        + "-c:v mpeg2video -flags +ilme+ildct -q:v 2 -g 5 \(more) \(name)")
  }

  private func read(
    _ path: String, _ deinterlacing: Deinterlacing, watched: Bool = true
  ) throws -> (stamps: [FrameStamp], pixels: [[UInt8]], ends: [Discontinuity], reader: VideoReader) {
    var options = SourceOptions()
    options.deinterlacing = deinterlacing
    options.watchesContinuity = watched
    let reader = try VideoReader(path: path, options: options)
    var ends: [Discontinuity] = []
    reader.observe { if case .epochEnded(let end) = $0 { ends.append(end) } }
    let all = try reader.all()
    return (all.stamps, all.pixels, ends, reader)
  }

  /// Each epoch's frames follow one another by `seconds`.
  private func expectEven(_ stamps: [FrameStamp], _ seconds: Double) {
    for (left, right) in zip(stamps, stamps.dropFirst()) where left.epoch == right.epoch {
      #expect(right.index == left.index + 1)
      #expect(abs(right.time.seconds - left.time.seconds - seconds) < 1e-6, "frame \(right.index)")
    }
  }

  /// The mean column of the bright pixels.
  private func column(_ pixels: [UInt8]) -> Double {
    var (weights, sum) = (0.0, 0.0)
    for index in stride(from: 0, to: pixels.count, by: 3) where pixels[index] > 60 {
      weights += Double(pixels[index])
      sum += Double(pixels[index]) * Double(index / 3 % 160)
    }
    return sum / weights
  }

  @Test("each field becomes a frame of its own time, in the order in which they were taken", arguments: ["tff", "bff"])
  func fields(first: String) throws {
    let (stamps, pixels, _, reader) = try read(interlaced(first: first), .auto)
    #expect(reader.frameRate?.value == 50 && reader.info.frameRate?.value == 25)
    #expect(stamps.map(\.index) == Array(0..<60))
    #expect(stamps.allSatisfy { $0.epoch == 0 })
    for (left, right) in zip(stamps, stamps.dropFirst()) {
      #expect(abs(right.time.seconds - left.time.seconds - 0.02) < 1e-6)
      #expect(right.arrival >= left.arrival)
    }
    for (frame, pixels) in pixels.enumerated() {
      #expect(abs(column(pixels) - (Double(frame) * 2 + 3.5)) < 1, "frame \(frame): \(column(pixels))")
    }
    #expect(reader.losses.breaks == SourceBreaks())
  }

  @Test("unless asked for, pictures stay as they are")
  func off() throws {
    let path = try interlaced(first: "tff")
    #expect(try read(path, .off).stamps.count == 30)
    #expect(try VideoReader(path: path).all().stamps.count == 30)
  }

  @Test("progressive pictures are left alone by auto, and taken apart when asked for")
  func progressive() throws {
    let path = try clips.make("\(pattern) -frames:v 20 -pix_fmt yuv420p -c:v mpeg2video progressive.ts")
    let plain = try read(path, .off)
    let automatic = try read(path, .auto)
    #expect(
      automatic.pixels == plain.pixels
        && automatic.stamps
          == plain.stamps.map { stamp in
            var stamp = stamp
            stamp.arrival = automatic.stamps[stamp.index].arrival
            return stamp
          }
    )
    #expect(try read(path, .on).stamps.count == 40)
  }

  @Test("pictures that are missing are one gap, of all their fields")
  func hole() throws {
    let path = try interlaced(first: "tff", more: "-bsf:v noise=drop='between(n\\,15\\,17)'")
    let (stamps, _, ends, reader) = try read(path, .auto)
    #expect(stamps.map(\.epoch) == Array(repeating: 0, count: 30) + Array(repeating: 1, count: 24))
    expectEven(stamps, 0.02)
    #expect(ends.map(\.frames) == [30] && ends.map(\.missing) == [6])
    #expect(reader.losses.breaks.lostFrames == 6)
  }

  @Test("timestamps that wrap end nothing, and those that jump do so once")
  func wrap() throws {
    // By the first timestamp libav takes those below 40 s for such before the wrap.
    for (seconds, pictures) in [(100, 14), (39, 40)] {
      _ = try interlaced(
        first: "tff", pictures: pictures, more: "-muxdelay 0 -output_ts_offset \(seconds)", name: "\(seconds).ts")
    }
    let path = try clips.write("joined.ts", clips.bytes("100.ts") + clips.bytes("39.ts"))
    let (stamps, _, ends, reader) = try read(path, .auto)
    #expect(stamps.map(\.epoch) == Array(repeating: 0, count: 28) + Array(repeating: 1, count: 80))
    expectEven(stamps, 0.02)
    #expect(ends.map(\.frames) == [28] && ends.map(\.missing) == [nil])
    #expect(reader.losses.breaks.timestampJumps == 1 && reader.losses.breaks.timestampWraps > 0)
  }

  @Test("another picture size loses no field")
  func sizes() throws {
    var stream: [UInt8] = []
    for size in ["160x64", "192x96"] {
      try clips.make(
        "-f lavfi -i testsrc2=size=\(size):rate=25 -frames:v 20 -pix_fmt yuv420p -c:v libx264 -bf 0 -flags +ilme+ildct "
          + "\(size).h264")
      stream += try clips.bytes("\(size).h264")
    }
    let (stamps, _, ends, reader) = try read(clips.write("sizes.h264", stream), .auto)
    #expect(stamps.map(\.index) == Array(0..<80))
    #expect(ends.isEmpty && reader.losses.breaks.sizeChanges == 1)
    expectEven(stamps, 0.02)
  }

  @Test("a stride counts fields")
  func strided() throws {
    var options = SourceOptions()
    options.deinterlacing = .auto
    let stamps = try VideoReader(path: interlaced(first: "tff"), stride: 3, options: options).all().stamps
    #expect(stamps.count == 20)
    #expect(abs(stamps[1].time.seconds - stamps[0].time.seconds - 0.06) < 1e-6)
  }

  @Test("what the timestamps showed before pictures became interlaced is kept, and more is added")
  func countersGoOn() {
    func breaks(wraps: Int) -> FrameContinuity {
      var continuity = FrameContinuity(tick: 1 / 90_000, wrapBits: 33, rate: 25)
      _ = continuity.judge(nil)
      for index in 0..<wraps {
        // One tick's worth of frames before the end of the circle, then behind it.
        _ = continuity.judge((1 << 33) - 1_800 + Int64(index))
        _ = continuity.judge(1_800)
      }
      return continuity
    }
    var total = SourceBreaks()
    total.duplicateFrames = 7
    let former = breaks(wraps: 1)
    #expect(former.wraps > 0 && former.missingTimestamps == 1)
    total.take(former, after: SourceBreaks())
    let before = total
    // The deinterlaced frames begin: nothing of theirs is counted yet.
    total.take(FrameContinuity(tick: 1 / 90_000, wrapBits: 34, rate: 50), after: before)
    #expect(total == before)
    total.take(former, after: before)
    #expect(total.timestampWraps == 2 * before.timestampWraps)
    #expect(total.missingTimestamps == 2 && total.duplicateFrames == 7)
  }

  @Test("film in pulldown and mixed pictures are told, once each")
  func cadence() {
    var watch = CadenceWatch()
    var told: [Cadence] = []
    func add(_ count: Int, interlaced: (Int) -> Bool, repeats: (Int) -> Bool) {
      for index in 0..<count {
        if let cadence = watch.add(isInterlaced: interlaced(index), repeatsField: repeats(index)) {
          told.append(cadence)
        }
      }
    }
    add(200, interlaced: { _ in false }, repeats: { _ in false })
    #expect(told.isEmpty && watch.cadence == .progressive)
    add(200, interlaced: { _ in false }, repeats: { $0 % 2 == 0 })
    #expect(told == [.telecine])
    add(200, interlaced: { $0 % 5 < 2 }, repeats: { _ in false })
    #expect(told == [.telecine, .mixed])
    add(200, interlaced: { _ in true }, repeats: { _ in false })
    #expect(told == [.telecine, .mixed, .interlaced])
  }
}
