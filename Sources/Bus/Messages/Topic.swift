/// The first part of every message: dotted tokens, each ended by a dot, so that a subscription to one stream or label
/// never matches another whose name merely begins alike.
public enum Topic: Sendable, Hashable {
  case event(stream: Name, label: Name)
  case watermark(stream: Name)
  case gap(stream: Name)
  case status(stream: Name)

  /// The subscription that matches every message.
  public static let everything = "spot."

  /// The subscription that matches every message of `stream`.
  public static func prefix(stream: Name) -> String { "spot.\(stream.token)." }

  /// The subscription that matches the events of every label of `stream`.
  public static func prefix(eventsOf stream: Name) -> String { prefix(stream: stream) + "event." }

  public var stream: Name {
    switch self {
    case .event(let stream, _), .watermark(let stream), .gap(let stream), .status(let stream): stream
    }
  }

  public var text: String {
    switch self {
    case .event(let stream, let label): Self.prefix(eventsOf: stream) + "\(label.token)."
    case .watermark(let stream): Self.prefix(stream: stream) + "watermark."
    case .gap(let stream): Self.prefix(stream: stream) + "gap."
    case .status(let stream): Self.prefix(stream: stream) + "status."
    }
  }
}
