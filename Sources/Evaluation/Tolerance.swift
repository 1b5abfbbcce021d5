/// How far from a true event a prediction may lie and still be right.
public enum Tolerance: Sendable, Hashable {
  /// So many frames, 0 or more.
  case frames(Int)
  /// So many seconds, 0 or more, on each side.
  case seconds(Double)

  /// The tolerance in whole frames of a video with `fps` frames a second; nil for seconds where the rate is not known.
  public func frames(at fps: Double?) -> Int? {
    switch self {
    case .frames(let count): count
    // A distance of exactly the tolerance counts, also where the product falls short of it by rounding.
    case .seconds(let seconds): fps.map { Int(min((seconds * $0 + 1e-9).rounded(.down), 1e9)) }
    }
  }
}

extension Tolerance: CustomStringConvertible {
  /// As in `mAP@1` and `mAP@0.5s`.
  public var description: String {
    switch self {
    case .frames(let count): "\(count)"
    case .seconds(let seconds): seconds == seconds.rounded() && seconds < 1e9 ? "\(Int(seconds))s" : "\(seconds)s"
    }
  }
}
