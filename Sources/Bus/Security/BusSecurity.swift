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
  /// Throws `BusError.exposed` for an endpoint that others could reach and nothing protects.
  func check(_ endpoint: String) throws(BusError) {
    if case .plain(allowsRemote: false) = self, !Self.isLocal(endpoint) { throw .exposed(endpoint: endpoint) }
  }

  /// Whether only this machine reaches `endpoint`; whatever is not known to be local is not.
  static func isLocal(_ endpoint: String) -> Bool {
    if endpoint.hasPrefix("ipc://") || endpoint.hasPrefix("inproc://") { return true }
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
