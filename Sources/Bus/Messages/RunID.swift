import Foundation

/// Identifies one run of a daemon; sequence numbers start anew with each. 1 … 64 of `A–Z a–z 0–9 -`.
public struct RunID: Sendable, Hashable {
  public let text: String

  /// Throws `BusError.invalidName` for a text outside the rule.
  public init(_ text: String) throws(BusError) {
    let allowed = text.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "-") || (byte < 128 && (Character(Unicode.Scalar(byte)).isLetter || isDigit(byte)))
    }
    guard allowed, (1...64).contains(text.utf8.count) else {
      throw .invalidName(name: String(text.prefix(64)), reason: "a run id is 1 to 64 of A-Z a-z 0-9 -")
    }
    self.text = text
  }

  /// A new id: the start in UTC, for people and for sorting, and 64 random bits, for uniqueness.
  public init() {
    let digits = WallTime.now.description.prefix(19).filter { $0 != "-" && $0 != ":" }
    let random = String(UInt64.random(in: .min ... .max), radix: 16)
    text = "\(digits)Z-\(String(repeating: "0", count: 16 - random.count))\(random)"
  }
}

extension RunID: CustomStringConvertible {
  public var description: String { text }
}

/// In JSON a run id is its text.
extension RunID: Codable {
  public init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
