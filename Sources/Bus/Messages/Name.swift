/// The name of a stream or a label, and its form as a token of a topic.
///
/// A name is 1 … 128 bytes of UTF-8 without control characters, which would end up in logs and terminals. In a token `A–Z a–z 0–9 _ -` stand for themselves and every other byte becomes `%XX`
/// with upper-case hexadecimal digits, so a token never holds a dot, and name and token determine each other.
public struct Name: Sendable {
  public static let maximumBytes = 128

  /// The name as people write it.
  public let text: String
  /// The name as a topic carries it, without the ending dot.
  public let token: String

  /// Throws `BusError.invalidName` for an empty or overlong name and one with control characters (C0, DEL, C1).
  public init(_ text: String) throws(BusError) {
    let bytes = text.utf8
    if bytes.isEmpty { throw .invalidName(name: text, reason: "is empty") }
    if bytes.count > Self.maximumBytes {
      throw .invalidName(
        name: String(text.prefix(32)) + "…",
        reason: "has \(bytes.count) bytes, at most \(Self.maximumBytes) are allowed")
    }
    if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      throw .invalidName(name: text, reason: "has a control character")
    }
    self.text = text
    var token = ""
    for byte in bytes {
      if Self.standsForItself(byte) {
        token.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        token += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    self.token = token
  }

  /// The name behind a token. Throws `BusError.invalidName` for anything that the escaping rule would not have written.
  public init(token: String) throws(BusError) {
    var bytes: [UInt8] = []
    var rest = token.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let high = Self.hexadecimal(rest.popFirst()), let low = Self.hexadecimal(rest.popFirst()) else {
          throw .invalidName(name: token, reason: "% is not followed by two hexadecimal digits")
        }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(byte)
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalidName(name: token, reason: "does not hold UTF-8")
    }
    try self.init(text)
    if self.token != token { throw .invalidName(name: token, reason: "is escaped otherwise than by the rule") }
  }

  private static func standsForItself(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func hexadecimal(_ byte: UInt8?) -> UInt8? {
    guard let byte else { return nil }
    return Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
  }
}

/// Tokens are compared, not texts: Swift takes canonically equivalent texts for equal, but their bytes and topics differ.
extension Name: Hashable {
  public static func == (first: Name, second: Name) -> Bool { first.token == second.token }
  public func hash(into hasher: inout Hasher) { hasher.combine(token) }
}

extension Name: CustomStringConvertible {
  public var description: String { text }
}

/// In JSON a name is its text.
extension Name: Codable {
  public init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
