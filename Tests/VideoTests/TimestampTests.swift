import Foundation
import Glibc
import TestSupport
import Testing
import Timeline
import Video

@Suite struct TimestampTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  private func stamps(_ path: String, stride: Int = 1, threads: Int = 1) throws -> [FrameStamp] {
    try VideoReader(path: path, stride: stride, threads: threads).all().stamps
  }

  @Test(arguments: ["mp4", "mkv", "ts", "avi"])
  func `a constant frame rate gives every frame at its time`(container: String) throws {
    let path = try clips.make("\(pattern) -frames:v 25 -pix_fmt yuv420p -bf 0 clip.\(container)")
    let stamps = try stamps(path)
    #expect(stamps.map(\.index) == Array(0..<25))
    #expect(stamps.allSatisfy { $0.epoch == 0 })
    let first = try #require(stamps.first).time.seconds
    for stamp in stamps { #expect(abs(stamp.time.seconds - first - Double(stamp.index) * 0.04) < 0.001) }
  }

  @Test func `a variable frame rate keeps its timestamps`() throws {
    let path = try clips.make(
      "\(pattern) -frames:v 10 -vf settb=1/1000,setpts=N*N*10 -vsync passthrough -enc_time_base 1:1000 -c:v ffv1 clip.mkv"
    )
    let stamps = try stamps(path)
    #expect(stamps.map(\.time.pts) == (0..<10).map { Int64($0 * $0 * 10) })
    #expect(stamps.first?.time.timeBase == TimeBase(numerator: 1, denominator: 1000))
  }

  @Test func `B-frames come in presentation order, each with its own packet's arrival`() throws {
    let path = try clips.make("\(pattern) -frames:v 25 -pix_fmt yuv420p -c:v libx264 -bf 3 -b_strategy 0 clip.mp4")
    let opened = monotonic()
    let stamps = try stamps(path)
    let done = monotonic()
    #expect(stamps.count == 25)
    #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $1.time.pts - $0.time.pts == 512 })
    #expect(stamps.allSatisfy { opened <= $0.arrival && $0.arrival <= done })
    // A B-frame is shown before the frame that it was predicted from, and arrives after it.
    #expect(zip(stamps, stamps.dropFirst()).contains { $0.arrival > $1.arrival })
    #expect(Set(stamps.map(\.arrival)).count == 25)
  }

  @Test func `more decoder threads give the same frames and their own arrivals`() throws {
    let path = try clips.make("\(pattern) -frames:v 25 -pix_fmt yuv420p -c:v libx264 -bf 3 -b_strategy 0 clip.mp4")
    let one = try VideoReader(path: path).all()
    let four = try VideoReader(path: path, threads: 4).all()
    #expect(one.pixels == four.pixels)
    #expect(one.stamps.map(\.time) == four.stamps.map(\.time))
    #expect(Set(four.stamps.map(\.arrival)).count == 25)
  }

  @Test(arguments: [0, 2])
  func `frames without timestamps follow one another by the frame rate`(bFrames: Int) throws {
    let path = try clips.make("\(pattern) -frames:v 12 -pix_fmt yuv420p -c:v libx264 -bf \(bFrames) clip.h264")
    let stamps = try stamps(path)
    #expect(stamps.count == 12)
    for (left, right) in zip(stamps, stamps.dropFirst()) {
      #expect(abs(right.time.seconds - left.time.seconds - 0.04) < 1e-6)
    }
  }

  @Test func `a stride delivers every n-th frame and counts the delivered ones`() throws {
    let path = try clips.make("\(pattern) -frames:v 9 -pix_fmt yuv420p clip.mp4")
    let all = try VideoReader(path: path).all()
    let reader = try VideoReader(path: path, stride: 2)
    let half = try reader.all()
    #expect(half.stamps.map(\.index) == [0, 1, 2, 3, 4])
    #expect(half.stamps.map(\.time) == [0, 2, 4, 6, 8].map { all.stamps[$0].time })
    #expect(half.pixels == [0, 2, 4, 6, 8].map { all.pixels[$0] })
    #expect(reader.losses.decodedFrames == 9)
    #expect(reader.losses.summary == nil)
  }

  @Test func `after the end there is only the end`() throws {
    let path = try clips.make("\(pattern) -frames:v 2 -pix_fmt yuv420p clip.mp4")
    let reader = try VideoReader(path: path)
    _ = try reader.all()
    let picture = Picture(rows: 48, columns: 64)
    #expect(try reader.next(into: picture) == nil)
    #expect(try reader.next(into: picture) == nil)
  }

  private func monotonic() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
