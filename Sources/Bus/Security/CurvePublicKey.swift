import CZeroMQ

/// A CURVE public key: names a server or a client.
public struct CurvePublicKey: Sendable, Hashable {
  /// 32 bytes.
  let bytes: [UInt8]

  /// ZeroMQ's manual page zmq_curve(7) prints the secret keys to these: whoever can read has them.
  private static let published = [
    "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
  ].compactMap(Z85.decode)

  /// Reads 40 characters of Z85; `origin` (a file and line, an option) names them in the error. Throws `BusError.key`.
  public init(z85 text: String, origin: String) throws(BusError) {
    guard let bytes = Z85.decode(text) else {
      throw .key(origin: origin, reason: "expected a public key of 40 characters in Z85")
    }
    try self.init(bytes: bytes, origin: origin)
  }

  init(bytes: [UInt8], origin: String) throws(BusError) {
    if Self.published.contains(bytes) {
      throw .key(origin: origin, reason: "is a test key out of ZeroMQ's manual: everybody has its secret")
    }
    self.bytes = bytes
  }
}

extension CurvePublicKey: CustomStringConvertible {
  /// 40 characters of Z85.
  public var description: String { Z85.encode(bytes) }
}

/// How ZeroMQ writes keys: 32 bytes as 40 printable characters (ZeroMQ RFC 32).
enum Z85 {
  private static let characters = 40
  private static let keyBytes = 32

  static func decode(_ text: String) -> [UInt8]? {
    // ZeroMQ takes any value over 2³² modulo 2³²: a key that reads back as another was none.
    var bytes = [UInt8](repeating: 0, count: keyBytes)
    guard text.utf8.count == characters, text.utf8.allSatisfy({ (33...126).contains($0) }),
      zmq_z85_decode(&bytes, text) != nil, encode(bytes) == text
    else { return nil }
    return bytes
  }

  /// `bytes` are 32.
  static func encode(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: characters + 1)
    zmq_z85_encode(&text, bytes, bytes.count)
    return String(decoding: text.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
