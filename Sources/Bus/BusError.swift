import CZeroMQ
import Glibc

/// What went wrong on the bus: which operation on which endpoint, name or file, and the native code behind it.
public enum BusError: Error, Sendable, Equatable {
  /// A ZeroMQ call failed; `code` is its errno, `endpoint` is empty where none was involved yet.
  case transport(operation: String, endpoint: String, code: Int32)
  /// The system gives no thread for what `name` should do; `code` is its errno.
  case thread(name: String, code: Int32)
  /// A stream, label or run name that the naming rule refuses.
  case invalidName(name: String, reason: String)
  /// A call on a file of the log or a recording failed; `code` is its errno.
  case file(path: String, operation: String, code: Int32)
  /// A recording or a folder of a log that another process writes to.
  case inUse(path: String)
  /// An endpoint that is none, or that nobody could connect to.
  case endpoint(String, reason: String)
  /// A key that cannot be used; `origin` is its file, line or option.
  case key(origin: String, reason: String)
  /// A file that is no recording, or not a readable one.
  case recording(path: String, reason: String)
  /// An endpoint that others than this machine could reach, without CURVE and without leave.
  case exposed(endpoint: String)
  /// Bytes that are no message of this protocol.
  case invalidMessage(reason: String)

  /// Whether the same may succeed later with nothing changed but the machine: the port is free again, an interface has come up
  /// with the address, or there are fewer threads.
  public var mayPass: Bool {
    switch self {
    case .transport(_, _, let code): [EADDRINUSE, EADDRNOTAVAIL, ENODEV].contains(code)
    case .thread: true
    default: false
    }
  }

  /// True when another process already listens on the endpoint.
  public var isAddressInUse: Bool {
    if case .transport(_, _, let code) = self { return code == EADDRINUSE }
    return false
  }
}

extension BusError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .transport(let operation, let endpoint, let code):
      let reason = String(cString: zmq_strerror(code))
      return "\(endpoint.isEmpty ? "ZeroMQ" : endpoint): cannot \(operation): \(reason) (errno \(code))"
    case .thread(let name, let code):
      return "\(name): cannot start this thread: \(String(cString: zmq_strerror(code))) (errno \(code))"
    case .file(let path, let operation, let code):
      return "\(path): cannot \(operation): \(String(cString: zmq_strerror(code))) (errno \(code))"
    case .inUse(let path): return "\(path): is being written by another process"
    case .endpoint(let endpoint, let reason): return "\(endpoint): \(reason)"
    case .invalidName(let name, let reason):
      // Its own description leaves the control characters from U+0080 on as they are, which terminals obey.
      let text = name.debugDescription.unicodeScalars.map { scalar in
        scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
      }
      return "name \(text.joined()): \(reason)"
    case .key(let origin, let reason), .recording(let origin, let reason): return "\(origin): \(reason)"
    case .exposed(let endpoint):
      return "\(endpoint): is open to the network: expected a loopback address, CURVE keys or leave to do without them"
    case .invalidMessage(let reason):
      return "not a message of this protocol: \(reason)"
    }
  }
}
