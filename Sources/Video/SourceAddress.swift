import CLibav
import Glibc

/// What an input names: how it is opened, and what may be expected of it. Everything that is not listed here is refused.
package struct SourceAddress {
  enum Kind {
    /// A path, and whatever lies there; reading it never waits.
    case file
    /// A FIFO: waits for its writer, and ends with it.
    case fifo
    case standardInput
    /// An SDP file, which describes RTP streams.
    case sessionDescription
    /// A capture device.
    case device
    case network
  }

  /// Schemes of URLs that may be opened.
  static let schemes = [
    "file", "http", "https", "tcp", "tls", "udp", "rtp", "srtp", "rtsp", "rtsps", "rtmp", "rtmps", "rtmpt", "srt",
  ]
  /// What those may lead to in turn: never a local file.
  private static let networkProtocols = "http,https,tcp,tls,udp,rtp,srtp,rtsp,rtsps,rtmp,rtmps,rtmpt,srt,crypto,data"
  /// What a local playlist may lead to: nothing on the network.
  private static let localProtocols = "file,crypto,data"
  private static let descriptionProtocols = "file,rtp,srtp,udp,crypto,data"
  private static let devicePrefix = "v4l2:"

  /// As it was given.
  let text: String
  let kind: Kind
  /// The path or URL for libav.
  let location: String

  /// Throws for what is refused whatever lies there, such as an unknown scheme.
  package init(_ text: String) throws(VideoError) {
    self.text = text
    if text == "-" || text == "pipe:" || text == "pipe:0" {
      (kind, location) = (.standardInput, "-")
      return
    }
    if text.hasPrefix(Self.devicePrefix) {
      let path = text.dropFirst(Self.devicePrefix.count)
      (kind, location) = (.device, String(path.hasPrefix("//") ? path.dropFirst(2) : path))
      return
    }
    if let separator = text.firstRange(of: "://") {
      let scheme = text[..<separator.lowerBound].lowercased()
      guard Self.schemes.contains(scheme) else { throw VideoError(text, .open, .scheme(String(scheme))) }
      if scheme != "file" {
        (kind, location) = (.network, text)
        return
      }
      location = String(text[separator.upperBound...])
    } else {
      location = text
    }
    var status = stat()
    let exists = stat(location, &status) == 0
    if !exists, let name = Self.pseudoProtocol(of: location) { throw VideoError(text, .open, .scheme(name)) }
    if exists && status.st_mode & S_IFMT == S_IFIFO {
      kind = .fifo
    } else {
      kind = location.lowercased().hasSuffix(".sdp") ? .sessionDescription : .file
    }
  }

  var isNetwork: Bool { kind == .network }

  /// Whether data come when they come, and when somebody sends.
  package var mayWait: Bool { kind != .file }

  /// Whether the source may come back after it has gone, and is tried again unless told otherwise.
  var comesBack: Bool { [.network, .device, .sessionDescription].contains(kind) }

  /// Names of libav's protocols that opening this may lead to.
  var protocols: String {
    switch kind {
    case .network: Self.networkProtocols
    case .sessionDescription: Self.descriptionProtocols
    case .file, .fifo, .standardInput, .device: Self.localProtocols
    }
  }

  /// libav's name where `path` would mean something else than a file to it, as `concat:a|b` does.
  private static func pseudoProtocol(of path: String) -> String? {
    if path.hasPrefix("lavfi:") { return "lavfi" }
    guard let name = avio_find_protocol_name(path).map({ String(cString: $0) }), name != "file" else { return nil }
    return name
  }
}
