/// Something about a video that a caller may want to log; reading goes on.
public enum VideoNotice: Sendable, Equatable {
  /// From the delivered frame `frame` on, pictures are coded in another size.
  case frameSizeChanged(frame: Int, from: PictureSize, to: PictureSize)
  /// The output's aspect differs from the display's by this factor (`VideoInfo.aspectMismatch`).
  case distorted(Double)
  /// From here on each picture gives two frames, its fields.
  case deinterlacing
  /// How the pictures of the last while were made of film or fields.
  case cadenceChanged(Cadence)
}

extension VideoNotice: CustomStringConvertible {
  public var description: String {
    switch self {
    case .frameSizeChanged(let frame, let from, let to):
      "the picture size changed from \(from) to \(to) at frame \(frame)"
    case .distorted(let factor): "pictures are distorted by a factor of \(factor): their aspect is not the model's"
    case .deinterlacing: "interlaced: each field becomes a frame"
    case .cadenceChanged(let cadence): "the pictures' cadence is \(cadence.rawValue) now"
    }
  }
}
