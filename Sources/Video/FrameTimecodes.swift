import CLibav
package import Timeline

/// The timecodes of a video's pictures, counted on from the container's first one.
struct FrameTimecodes {
  /// Of the first frame; nil: none, or no longer known.
  private var first: Timecode?
  /// Labels a second.
  private let rate: Int
  /// Frames since the first one, those that are known to be missing included.
  private var frames = 0

  init(first: String?, frameRate: Ratio?) {
    rate = frameRate.map { Int($0.value.rounded()) } ?? 0
    self.first = first.flatMap { Timecode($0) }
  }

  /// The label of the next picture.
  var label: Timecode? { first?.advanced(by: frames, rate: rate) }

  /// The next picture is there.
  mutating func advance() { frames += 1 }

  /// So many frames are missing before the next; nil: nobody knows, which ends the count.
  mutating func skip(_ missing: Int?) {
    if let missing { frames += missing } else { first = nil }
  }

  /// The one that a frame itself carries: in H.264 and HEVC in SEI messages. `rate` is the decoder's.
  static func own(_ frame: AVFrame, rate: Ratio?) -> Timecode? {
    for index in 0..<Int(frame.nb_side_data) {
      guard let data = frame.side_data[index]?.pointee, data.type == AV_FRAME_DATA_S12M_TIMECODE,
        data.size >= 2 * MemoryLayout<UInt32>.size
      else { continue }
      // The first word counts the timecodes that follow.
      let words = UnsafeRawPointer(data.data)
      return words.flatMap {
        $0.loadUnaligned(as: UInt32.self) > 0
          ? Timecode(smpte: $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self), rate: rate) : nil
      }
    }
    return nil
  }
}

extension Timecode {
  /// Binary-coded decimals as SMPTE ST 12-1 lays them out and libav packs them: frames, seconds, minutes, hours from the top
  /// byte down, each with flags beside it. Above 30 frames a second pairs of frames are counted, and a flag tells the second
  /// of a pair (ST 12-1, 12.1): at 50 the one beside the hours, else the one beside the seconds.
  package init?(smpte bits: UInt32, rate: Ratio?) {
    func decimal(_ shift: UInt32, tens: UInt32) -> Int {
      Int(bits >> (shift + 4) & tens) * 10 + Int(bits >> shift & 0xF)
    }
    var frames = decimal(24, tens: 3)
    if let rate, rate.value > 30 {
      let flag: UInt32 = rate.value == 50 ? 7 : 23
      frames = frames * 2 + Int(bits >> flag & 1)
    }
    self.init(
      hours: decimal(0, tens: 3), minutes: decimal(8, tens: 7), seconds: decimal(16, tens: 7), frames: frames,
      isDropFrame: bits >> 30 & 1 == 1)
  }
}
