import CZeroMQ
import Foundation

/// A CURVE key pair, known by its secret half; kept in a file that only its owner can read.
public struct CurveSecretKey: Sendable {
  /// 32 bytes; never printed.
  let bytes: [UInt8]
  public let publicKey: CurvePublicKey

  private static let maximumFileBytes = 4_096

  /// A new pair out of the system's random numbers. Throws `BusError.transport` where ZeroMQ was built without CURVE.
  public init() throws(BusError) {
    var secret = [CChar](repeating: 0, count: 41)
    var publicText = [CChar](repeating: 0, count: 41)
    guard zmq_curve_keypair(&publicText, &secret) == 0 else {
      throw .transport(operation: "make a CURVE key pair", endpoint: "", code: zmq_errno())
    }
    try self.init(
      z85: String(decoding: secret.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self), origin: "new key")
  }

  /// Reads a file that `write` wrote. Throws `BusError.file`, and `BusError.key` when others than its owner may read or write
  /// it, when it holds no key, or one of the keys that ZeroMQ's manual prints.
  public init(path: String) throws(BusError) {
    let text = try KeyFile.read(path, maximumBytes: Self.maximumFileBytes, isSecret: true)
    let lines = KeyFile.lines(text)
    guard lines.count == 1, let line = lines.first else {
      throw .key(origin: path, reason: "expected one secret key, on a line of its own")
    }
    try self.init(z85: line.text, origin: "\(path):\(line.number)")
  }

  private init(z85 text: String, origin: String) throws(BusError) {
    var publicText = [CChar](repeating: 0, count: 41)
    guard let bytes = Z85.decode(text), zmq_curve_public(&publicText, text) == 0 else {
      throw .key(origin: origin, reason: "expected a secret key of 40 characters in Z85")
    }
    self.bytes = bytes
    publicKey = try CurvePublicKey(
      z85: String(decoding: publicText.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self), origin: origin)
  }

  /// Writes a new file of mode 0600. Throws `BusError.file`, also when there is a file at `path` already.
  public func write(to path: String) throws(BusError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .file(path: path, operation: "create the key file", code: errno) }
    defer { close(descriptor) }
    let text = """
      # Secret key of spotd's bus: whoever reads it can pass for its owner.
      # Public key: \(publicKey)
      \(Z85.encode(bytes))

      """
    let content = Array(text.utf8)
    let written = Foundation.write(descriptor, content, content.count)
    guard written == content.count, fsync(descriptor) == 0 else {
      let code = written < 0 || written == content.count ? errno : ENOSPC
      unlink(path)
      throw .file(path: path, operation: "write the key file", code: code)
    }
  }
}
