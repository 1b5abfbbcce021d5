/// What an overlay video is made from.
public struct OverlaySettings: Sendable {
  /// The video; it is read twice, so it is a file.
  public var video: String
  /// Where the overlay goes, neither `video` nor `truth`; see `VideoWriter` for the endings it may have.
  public var output: String
  /// A file with the video's true events, and where the ball is if it tells; nil: none are drawn.
  public var truth: String?
  /// How the video is scored.
  public var detection = DetectionSettings()

  public init(video: String, output: String) {
    self.video = video
    self.output = output
  }
}
