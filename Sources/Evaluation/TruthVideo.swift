/// The annotated events of one video.
public struct TruthVideo: Sendable, Equatable {
  /// An event that did happen.
  public struct Event: Sendable, Hashable {
    /// Frame index in the video, from 0.
    public let frame: Int
    public let label: String

    public init(frame: Int, label: String) {
      self.frame = frame
      self.label = label
    }
  }

  /// The video's name, by which predictions find their truth.
  public let video: String
  /// Frames a second, when known.
  public let fps: Double?
  /// Number of frames, when known.
  public let frameCount: Int?
  public let events: [Event]
  /// Where the ball is, where that is told.
  public let ball: BallTrack?

  public init(
    video: String, fps: Double? = nil, frameCount: Int? = nil, events: [Event], ball: BallTrack? = nil
  ) {
    self.video = video
    self.fps = fps
    self.frameCount = frameCount
    self.events = events
    self.ball = ball
  }
}
