/// Something about a video that a caller may want to log; reading goes on.
public enum VideoNotice: Sendable, Equatable {
  /// From the delivered frame `frame` on, pictures are coded in another size.
  case frameSizeChanged(frame: Int, from: PictureSize, to: PictureSize)
}

extension VideoNotice: CustomStringConvertible {
  public var description: String {
    switch self {
    case .frameSizeChanged(let frame, let from, let to):
      "the picture size changed from \(from) to \(to) at frame \(frame)"
    }
  }
}
