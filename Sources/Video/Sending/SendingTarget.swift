/// Where a video is sent.
public enum SendingTarget: Sendable, Equatable {
  /// Transports of a transport stream.
  public enum Scheme: String, Sendable, CaseIterable { case udp, rtp, srt, tcp }

  /// A URL with libav's options, such as `udp://239.0.0.1:5000?ttl=4` or `srt://0.0.0.0:9000?mode=listener`.
  case network(url: String, Scheme)
  case standardOutput
  /// A file to be made, or a FIFO.
  case file(path: String)

  /// `-`, a URL of a known scheme, or a path; nil for a URL of another scheme and for nothing.
  public init?(_ text: String) {
    guard let mark = text.firstRange(of: "://") else {
      if text.isEmpty { return nil }
      self = text == "-" ? .standardOutput : .file(path: text)
      return
    }
    guard let scheme = Scheme(rawValue: String(text[..<mark.lowerBound])) else { return nil }
    self = .network(url: text, scheme)
  }

  /// As it stands in messages, without a password.
  public var name: String {
    switch self {
    case .network(let url, _): withoutSecrets(url)
    case .standardOutput: "standard output"
    case .file(let path): path
    }
  }

  /// Whether a cut closes a connection; the others only fall silent.
  var isConnection: Bool {
    if case .network(_, let scheme) = self { scheme == .srt || scheme == .tcp } else { false }
  }

  /// Whether what is lost or damaged is a whole datagram; else it is a packet of the transport stream.
  var isDatagrams: Bool {
    if case .network(_, let scheme) = self { scheme == .udp || scheme == .rtp } else { false }
  }
}
