public import Timeline

/// Where in a stream something is: frame index, epoch and PTS. Part of the data of events and watermarks.
public struct Moment: Sendable, Hashable {
  /// One tick of the PTS lasts `num / den` seconds; both are positive.
  public struct Fraction: Sendable, Hashable, Codable {
    public let num: Int32
    public let den: Int32
  }

  /// Index of the frame within its epoch, from 0.
  public let frame: Int
  /// The unbroken run of frames that it belongs to, from 0.
  public let epoch: Int
  public let pts: Int64
  public let timebase: Fraction
  /// `pts` in seconds of media time.
  public let seconds: Double

  public init(frame: Int, epoch: Int, time: MediaTime) {
    self.frame = frame
    self.epoch = epoch
    pts = time.pts
    timebase = Fraction(num: time.timeBase.numerator, den: time.timeBase.denominator)
    seconds = time.seconds
  }

  /// Of a frame that was decoded.
  public init(_ stamp: FrameStamp) { self.init(frame: stamp.index, epoch: stamp.epoch, time: stamp.time) }
}

extension Moment: Codable {
  private enum CodingKeys: String, CodingKey { case frame, epoch, pts, timebase, seconds }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    frame = try values.decode(Int.self, forKey: .frame)
    epoch = try values.decode(Int.self, forKey: .epoch)
    pts = try values.decode(Int64.self, forKey: .pts)
    timebase = try values.decode(Fraction.self, forKey: .timebase)
    seconds = try values.decode(Double.self, forKey: .seconds)
    guard frame >= 0, epoch >= 0, timebase.num > 0, timebase.den > 0 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: values.codingPath, debugDescription: "frame, epoch or timebase out of range"))
    }
  }
}
