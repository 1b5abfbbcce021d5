public import AdaSpot
public import Bus
public import Evaluation
internal import Foundation
public import Spotting
public import Tensors
public import Video

/// Why a command ended without doing what it was asked for: one line, and the exit code that goes with it.
public enum ServiceError: Error, Sendable {
  /// A video cannot be opened, read or written.
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
  /// A setting from a configuration file or the environment is wrong.
  case configuration(String)
  /// ZeroMQ refuses the endpoint.
  case bus(BusError)
  /// A recording cannot be written.
  case recording(BusError)
  /// A recording was written, but lacks messages.
  case incomplete(String)
  /// A file of events cannot be read.
  case events(EvaluationError)
  /// Nothing came from `endpoint` for so long.
  case silence(endpoint: String, seconds: Double)
  /// The address of HTTP cannot be bound; `code` is the errno.
  case cannotListen(address: String, code: Int32)
  /// Streams did not end within so many seconds after a signal.
  case unfinished(streams: [String], seconds: Int)
  /// A line cannot be written to a file or standard output; `code` is the errno.
  case cannotWrite(path: String, code: Int32)

  /// 1 when a result cannot be written or sent, or an address cannot be bound at the moment, 2 for unusable arguments and videos, 6 for
  /// unusable configuration and model files.
  public var exitCode: Int32 {
    switch self {
    case .bus(let error): error.mayPass ? 1 : 2
    case .configuration: 6
    case .cannotListen(_, let code): [EADDRINUSE, EADDRNOTAVAIL, ENODEV].contains(code) ? 1 : 2
    case .unfinished: 1
    case .output, .recording, .incomplete, .silence, .cannotWrite: 1
    case .video(let error): error.isOutputFailure ? 1 : 2
    case .setting, .argument, .events: 2
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
    case .argument(let problem), .configuration(let problem), .incomplete(let problem): problem
    case .bus(let error), .recording(let error): "\(error)"
    case .events(let error): "\(error)"
    case .silence(let endpoint, let seconds): "\(endpoint): nothing came for \(seconds) s"
    case .cannotListen(let address, let code):
      "\(address): HTTP cannot be bound: \(String(cString: strerror(code))) (errno \(code))"
    case .unfinished(let streams, let seconds):
      "did not end within \(seconds) s after the signal: \(streams.joined(separator: ", "))"
    case .cannotWrite(let path, let code):
      "\(path): cannot be written: \(String(cString: strerror(code))) (errno \(code))"
    }
  }
}
