import CZeroMQ

/// Who may connect to an endpoint that is bound.
public enum ServerSecurity: Sendable {
  /// Whoever reaches it. Unless `allowsRemote`, only endpoints of this machine are bound.
  case plain(allowsRemote: Bool = false)
  /// Encrypted, for the clients of a list only.
  case curve(key: CurveSecretKey, allowed: ClientAllowList)
}

/// What a client needs for a CURVE endpoint.
public struct ClientSecurity: Sendable {
  /// Whom it must be talking to.
  public var server: CurvePublicKey
  /// Who it is itself.
  public var key: CurveSecretKey

  public init(server: CurvePublicKey, key: CurveSecretKey) {
    self.server = server
    self.key = key
  }
}

extension ServerSecurity {
  /// Throws `BusError.endpoint` for one that cannot be bound or that nobody could connect to, and `BusError.exposed` for one that
  /// others could reach and nothing protects.
  public func check(_ endpoint: String) throws(BusError) {
    if let reason = Self.problem(with: endpoint) { throw .endpoint(endpoint, reason: reason) }
    if case .plain(allowsRemote: false) = self, !Self.isLocal(endpoint) { throw .exposed(endpoint: endpoint) }
  }

  private static func problem(with endpoint: String) -> String? {
    let expected = "expected tcp://ADDRESS:PORT or ipc://PATH"
    if endpoint.hasPrefix("ipc://") { return endpoint == "ipc://" ? "has no path: \(expected)" : nil }
    if endpoint.hasPrefix("inproc://") { return "is within this process, where nobody connects: \(expected)" }
    guard endpoint.hasPrefix("tcp://") else { return "cannot be bound: \(expected)" }
    guard let colon = endpoint.lastIndex(of: ":"), colon > endpoint.startIndex else { return expected }
    let (host, port) = (endpoint[..<colon].dropFirst("tcp://".count), endpoint[endpoint.index(after: colon)...])
    guard !host.isEmpty, port == "*" || UInt16(port).map({ $0 > 0 }) == true else {
      return "has no port from 1 to 65535, nor *: \(expected)"
    }
    return host == "localhost" ? "is a host's name, which cannot be bound: expected tcp://127.0.0.1:\(port)" : nil
  }

  /// Whether only this machine reaches `endpoint`; whatever is not known to be local is not.
  static func isLocal(_ endpoint: String) -> Bool {
    if endpoint.hasPrefix("ipc://") { return true }
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return false }
    let host = endpoint[..<colon].dropFirst("tcp://".count)
    let bytes = host.split(separator: ".", omittingEmptySubsequences: false)
    let isLoopback = bytes.count == 4 && bytes.first == "127" && bytes.allSatisfy { UInt8($0) != nil }
    return isLoopback || ["[::1]", "lo"].contains(host)
  }
}

extension Socket {
  /// Names the authenticator's clients of this house; with a domain ZeroMQ refuses everybody while no authenticator answers.
  private static let domain = "spotd"

  /// Before `bind`.
  func secure(_ security: ServerSecurity) throws(BusError) {
    guard case .curve(let key, _) = security else { return }
    try set(ZMQ_CURVE_SERVER, Int32(1))
    try set(ZMQ_CURVE_SECRETKEY, bytes: key.bytes)
    try set(ZMQ_ZAP_DOMAIN, bytes: Array(Self.domain.utf8))
  }

  /// Before `connect`.
  func secure(_ security: ClientSecurity?) throws(BusError) {
    guard let security else { return }
    try set(ZMQ_CURVE_SERVERKEY, bytes: security.server.bytes)
    try set(ZMQ_CURVE_PUBLICKEY, bytes: security.key.publicKey.bytes)
    try set(ZMQ_CURVE_SECRETKEY, bytes: security.key.bytes)
  }
}
