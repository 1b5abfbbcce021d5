import Foundation
import TestSupport
import Testing
import Timeline
import Video

@Suite("timecodes")
struct TimecodeTests {
  private func later(_ text: String, by frames: Int, rate: Int) throws -> String? {
    try #require(Timecode(text)).advanced(by: frames, rate: rate)?.description
  }

  @Test("labels count frames, seconds, minutes and hours, and begin again after a day")
  func counting() throws {
    #expect(try later("01:00:00:00", by: 24, rate: 25) == "01:00:00:24")
    #expect(try later("01:00:00:00", by: 25, rate: 25) == "01:00:01:00")
    #expect(try later("09:59:59:24", by: 1, rate: 25) == "10:00:00:00")
    #expect(try later("23:59:59:49", by: 1, rate: 50) == "00:00:00:00")
  }

  @Test("drop-frame leaves out the first labels of each minute but every tenth")
  func dropFrame() throws {
    #expect(try later("00:00:59;29", by: 1, rate: 30) == "00:01:00;02")
    #expect(try later("00:09:59;29", by: 1, rate: 30) == "00:10:00;00")
    #expect(try later("00:00:59;59", by: 1, rate: 60) == "00:01:00;04")
    // An hour of 29.97 has 107,892 frames.
    #expect(try later("00:00:00;00", by: 107_892, rate: 30) == "01:00:00;00")
    #expect(try later("23:59:59;29", by: 1, rate: 30) == "00:00:00;00")
  }

  @Test("counting on one by one is counting on at once", arguments: [(25, ":"), (30, ";"), (60, ";")])
  func steps(rate: Int, separator: String) throws {
    let start = try #require(Timecode("00:08:58\(separator)00"))
    var label = start
    for count in 1...(rate * 200) {
      label = try #require(label.advanced(by: 1, rate: rate))
      #expect(start.advanced(by: count, rate: rate) == label)
    }
  }

  @Test(
    "what is no label is none",
    arguments: ["", "1:2:3", "25:00:00:00", "00:60:00:00", "a:b:c:d", "00:00:00:00:00", ":::"])
  func invalid(text: String) { #expect(Timecode(text) == nil) }

  @Test("the binary form of SMPTE ST 12-1, as libav packs it")
  func binary() {
    #expect(Timecode(smpte: 0x1223_5910, rate: nil)?.description == "10:59:23:12")
    #expect(Timecode(smpte: 0x4000_0001, rate: nil)?.description == "01:00:00;00")
    #expect(Timecode(smpte: 0x0000_0029, rate: nil) == nil)
  }

  @Test("above 30 frames a second pairs of frames are counted, with a flag for the second of a pair")
  func pairs() {
    let ntsc = Ratio(60_000, 1_001)
    #expect(Timecode(smpte: 0x1223_5910, rate: Ratio(50, 1))?.description == "10:59:23:24")
    #expect(Timecode(smpte: 0x1223_5990, rate: Ratio(50, 1))?.description == "10:59:23:25")
    #expect(Timecode(smpte: 0x12A3_5910, rate: ntsc)?.description == "10:59:23:25")
    // At other rates the flags mean other things.
    #expect(Timecode(smpte: 0x12A3_5910, rate: Ratio(50, 1))?.description == "10:59:23:24")
    #expect(Timecode(smpte: 0x1223_5990, rate: ntsc)?.description == "10:59:23:24")
    for rate in [25, 30] { #expect(Timecode(smpte: 0x12A3_5990, rate: Ratio(rate, 1))?.description == "10:59:23:12") }
  }

  /// An HEVC stream with the timecode 10:59:23:n for its n-th picture, in an SEI message (ITU-T H.265, D.2.27).
  private func labelled(_ stream: [UInt8]) -> [UInt8] {
    var labelled: [UInt8] = []
    var picture: UInt64 = 0
    for (index, byte) in stream.enumerated() {
      // At the start code of a slice that is the first of its picture.
      if index + 5 < stream.count, stream[index..<index + 3].elementsEqual([0, 0, 1]), stream[index + 3] >> 1 & 63 < 32,
        stream[index + 5] & 0x80 != 0
      {
        // One full timestamp: its flags, frames, seconds, minutes, hours, no offset; a bit ends the message.
        var message: UInt64 = 0x604
        for (value, bits) in [(picture, 9), (23, 6), (59, 6), (10, 5), (0x10, 10)] as [(UInt64, UInt64)] {
          message = message << bits | value
        }
        labelled += [0, 0, 1, 0x4E, 1, 136, 6]
        for shift in stride(from: 40, through: 0, by: -8) {
          labelled.append(UInt8(truncatingIfNeeded: message >> UInt64(shift)))
        }
        labelled.append(0x80)
        picture += 1
      }
      labelled.append(byte)
    }
    return labelled
  }

  @Test("a stream's own timecodes count each frame", arguments: ["25", "50", "60000/1001"])
  func stream(rate: String) throws {
    let clips = try VideoFolder()
    try clips.make(
      "-f lavfi -i testsrc2=size=64x64:rate=\(rate) -frames:v 24 -pix_fmt yuv420p -c:v libx265 "
        + "-x265-params bframes=0:log-level=none plain.hevc")
    let path = try clips.write("labelled.hevc", labelled(clips.bytes("plain.hevc")))
    let stamps = try VideoReader(path: path).all().stamps
    #expect(stamps.first?.timecode?.description == "10:59:23:00")
    #expect(stamps.compactMap { $0.timecode?.frames } == Array(0..<24))
  }

  @Test("a file's timecode counts on with its frames")
  func file() throws {
    let clips = try VideoFolder()
    let path = try clips.make(
      "-f lavfi -i testsrc2=size=64x48:rate=30000/1001 -frames:v 40 -pix_fmt yuv420p -timecode 00:00:59;20 clip.mov")
    let stamps = try VideoReader(path: path).all().stamps
    #expect(stamps[0].timecode?.description == "00:00:59;20")
    #expect(stamps[9].timecode?.description == "00:00:59;29")
    #expect(stamps[10].timecode?.description == "00:01:00;02")
    #expect(stamps.allSatisfy { $0.capture == nil })
    let half = try VideoReader(path: path, stride: 5).all().stamps
    #expect(half[2].timecode?.description == "00:01:00;02")
  }

  @Test("a file's timecode goes on where pictures turn interlaced, two fields to a label")
  func turningInterlaced() throws {
    let clips = try VideoFolder()
    let coded = "-f lavfi -i testsrc2=size=64x48:rate=25 -frames:v 20 -pix_fmt yuv420p -c:v libx264 -bf 0"
    try clips.make("\(coded) progressive.h264")
    try clips.make("\(coded) -flags +ilme+ildct interlaced.h264")
    try clips.write("both.h264", clips.bytes("progressive.h264") + clips.bytes("interlaced.h264"))
    let path = try clips.make("-framerate 25 -i both.h264 -c copy -timecode 01:00:00:00 both.mov")
    var options = SourceOptions()
    options.deinterlacing = .auto
    let stamps = try VideoReader(path: path, options: options).all().stamps
    let first = try #require(Timecode("01:00:00:00"))
    let pictures = Array(0..<20) + (20..<40).flatMap { [$0, $0] }
    #expect(stamps.map(\.timecode) == pictures.map { first.advanced(by: $0, rate: 25) })
    #expect(stamps.map(\.epoch) == Array(repeating: 0, count: 20) + Array(repeating: 1, count: 40))
  }
}
