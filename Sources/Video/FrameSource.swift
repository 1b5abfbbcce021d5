public import Timeline

/// Where the frames of a stream come from: a file, something live, or a generator.
///
/// One thread at a time uses a source.
public protocol FrameSource: AnyObject {
  /// The size of the pictures that `next(into:)` fills.
  var outputSize: PictureSize { get }
  /// Declared average frames a second; nil if unknown.
  var frameRate: Ratio? { get }
  /// What was lost so far.
  var losses: VideoLosses { get }
  /// Whether frames come when they come, however slowly they are taken.
  var keepsOwnPace: Bool { get }
  /// Whether many frames come at once, to be taken at their own rate: as those of HLS do, segment by segment.
  var comesInPieces: Bool { get }

  /// Has `observer` called from within `next(into:)` at every change, in its place among the frames. A source that never
  /// breaks has nothing to tell.
  func observe(_ observer: @escaping (SourceChange) -> Void)

  /// Brings the next frame into `picture`, which has `outputSize`; nil at the end.
  ///
  /// The stamp's epoch is 0 at first and rises where the run of frames breaks, which `SourceChange.epochEnded` tells before; its
  /// index counts the frames of that epoch, from 0.
  func next(into picture: Picture) throws(VideoError) -> FrameStamp?
}

extension FrameSource {
  public var keepsOwnPace: Bool { false }

  public var comesInPieces: Bool { false }

  public func observe(_ observer: @escaping (SourceChange) -> Void) {}
}
