/// What can be wrong with an annotation or prediction file, or with what it says.
public enum EvaluationError: Error, Equatable {
  /// `file` could not be read, or is larger than accepted.
  case unreadable(file: String, reason: String)
  /// `file` is no JSON, or the value at `key` (such as `events[3].frame`; empty for the whole file) is not as expected.
  case malformed(file: String, key: String, reason: String)
  /// Truth and predictions do not go together, or cannot be put into a format.
  case unfit(reason: String)
  /// Frames and seconds of `video` have to be converted, and its frame rate is not known.
  case rateMissing(video: String)
}

extension EvaluationError: CustomStringConvertible {
  /// One line: what comes from the file is written so that it stays one.
  public var description: String { text.printable }

  private var text: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .malformed(let file, let key, let reason) where key.isEmpty: "\(file): \(reason)"
    case .malformed(let file, let key, let reason): "\(file): \(key): \(reason)"
    case .unfit(let reason): reason
    case .rateMissing(let video): "\(video): its frame rate is not known: no file tells \"fps\", name one with --fps"
    }
  }
}
