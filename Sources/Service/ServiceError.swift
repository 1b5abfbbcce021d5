public import AdaSpot
public import Spotting
public import Tensors
public import Video

/// Why a command ended without doing what it was asked for: one line, and the exit code that goes with it.
public enum ServiceError: Error, Sendable {
  /// The video cannot be opened or read.
  case video(VideoError)
  /// The model's files are unusable.
  case model(AdaSpotError)
  /// A weights file cannot be read.
  case weights(TensorsError)
  /// An argument's value is out of its range.
  case setting(SpottingError)
  /// Arguments that do not go together, or a file that is none of what was expected.
  case argument(String)
  /// A result cannot be written.
  case output(TensorsError)

  /// 1 when a result cannot be written, 2 for unusable arguments and videos, 6 for unusable configuration and model files.
  public var exitCode: Int32 {
    switch self {
    case .output: 1
    case .video, .setting, .argument: 2
    case .model, .weights: 6
    }
  }
}

extension ServiceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .video(let error): "\(error)"
    case .model(let error): "\(error)"
    case .weights(let error), .output(let error): "\(error)"
    case .setting(let error): "\(error)"
    case .argument(let problem): problem
    }
  }
}
