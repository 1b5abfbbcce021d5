/// What a message of type `spotd.event.v1` tells: one state of one event. The id stays the same through all states.
public struct EventData: Sendable, Hashable {
  public enum State: String, Sendable, Codable {
    /// Early; may still move, change its score or vanish. Revision 0 is the first.
    case provisional
    /// Settled: nothing can change it any more.
    case final
    /// Withdrawn: it was provisional and turned out to be nothing.
    case retracted
  }

  /// The civil time at which the frame was taken, as well as `origin` knows it.
  public struct WallClock: Sendable, Hashable, Codable {
    public enum Origin: String, Sendable, Codable {
      /// This machine's clock when the frame's data arrived.
      case system
      /// The sender's clock, from RTP timestamps and RTCP sender reports.
      case rtpNTP = "rtp-ntp"
      /// Metadata of the stream.
      case stream
    }

    public var time: WallTime
    public var origin: Origin

    public init(time: WallTime, origin: Origin) {
      self.time = time
      self.origin = origin
    }
  }

  /// Names the event within its run and stream; 1 … 128 bytes.
  public var id: String
  public var state: State
  /// 0 for the first message of an event, one more with each further one.
  public var revision: Int
  public var label: Name
  /// Class index, 1 … classes.
  public var labelIndex: Int
  /// The frame at which it happened.
  public var moment: Moment
  /// 0 … 1.
  public var score: Double
  /// Which profile found it, `exact` or `live`.
  public var profile: String
  /// Milliseconds from the arrival of the frame's data to publication; the publisher fills it in.
  public var latencyMilliseconds: Double?
  public var wallClock: WallClock?
  /// SMPTE timecode `hh:mm:ss:ff` (`;` before the frames when drop-frame), when the video carries it.
  public var timecode: String?

  public init(
    id: String, state: State, revision: Int, label: Name, labelIndex: Int, moment: Moment, score: Double,
    profile: String, wallClock: WallClock? = nil, timecode: String? = nil
  ) {
    self.id = id
    self.state = state
    self.revision = revision
    self.label = label
    self.labelIndex = labelIndex
    self.moment = moment
    self.score = score
    self.profile = profile
    self.wallClock = wallClock
    self.timecode = timecode
  }
}

extension EventData: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, state, revision, label, score, profile, timecode
    case labelIndex = "label_index"
    case latencyMilliseconds = "latency_ms"
    case wallClock = "wall_clock"
  }

  /// The moment's fields lie beside the others.
  public func encode(to encoder: any Encoder) throws {
    try moment.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(state, forKey: .state)
    try values.encode(revision, forKey: .revision)
    try values.encode(label, forKey: .label)
    try values.encode(labelIndex, forKey: .labelIndex)
    try values.encode(score, forKey: .score)
    try values.encode(profile, forKey: .profile)
    try values.encodeIfPresent(latencyMilliseconds, forKey: .latencyMilliseconds)
    try values.encodeIfPresent(wallClock, forKey: .wallClock)
    try values.encodeIfPresent(timecode, forKey: .timecode)
  }

  public init(from decoder: any Decoder) throws {
    moment = try Moment(from: decoder)
    let values = try decoder.container(keyedBy: CodingKeys.self)
    id = try values.decode(String.self, forKey: .id)
    state = try values.decode(State.self, forKey: .state)
    revision = try values.decode(Int.self, forKey: .revision)
    label = try values.decode(Name.self, forKey: .label)
    labelIndex = try values.decode(Int.self, forKey: .labelIndex)
    score = try values.decode(Double.self, forKey: .score)
    profile = try values.decode(String.self, forKey: .profile)
    latencyMilliseconds = try values.decodeIfPresent(Double.self, forKey: .latencyMilliseconds)
    wallClock = try values.decodeIfPresent(WallClock.self, forKey: .wallClock)
    timecode = try values.decodeIfPresent(String.self, forKey: .timecode)
    guard (1...128).contains(id.utf8.count), revision >= 0, labelIndex >= 1, (0...1).contains(score) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: values.codingPath, debugDescription: "id, revision, label_index or score out of range"))
    }
  }
}
