import Foundation

/// A moment of civil time, in UTC, as RFC 3339 writes it: `2026-03-01T12:00:00.123456789Z`. Years 1970 … 2261.
public struct WallTime: Sendable, Hashable, Comparable {
  public let nanosecondsSince1970: Int64

  /// `nanosecondsSince1970` is not negative.
  public init(nanosecondsSince1970: Int64) {
    precondition(nanosecondsSince1970 >= 0, "times before 1970 are not part of the protocol")
    self.nanosecondsSince1970 = nanosecondsSince1970
  }

  /// The system's clock (CLOCK_REALTIME).
  public static var now: WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(nanosecondsSince1970: max(0, Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)))
  }

  public static func < (first: WallTime, second: WallTime) -> Bool {
    first.nanosecondsSince1970 < second.nanosecondsSince1970
  }

  /// Reads RFC 3339 in UTC (`Z`) with 0 … 9 digits of a fraction; nil for anything else.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[4] == UInt8(ascii: "-"),
      bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
      let day = number(bytes[8..<10]), let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]),
      let second = number(bytes[17..<19]), (1970...2261).contains(year), (1...12).contains(month), hour < 24,
      minute < 60, second < 60
    else { return nil }
    var nanoseconds = 0
    let fraction = bytes[19..<(bytes.count - 1)]
    if !fraction.isEmpty {
      let digits = fraction.dropFirst()
      guard fraction.first == UInt8(ascii: "."), (1...9).contains(digits.count),
        let value = number(digits + Array(repeating: UInt8(ascii: "0"), count: 9 - digits.count))
      else { return nil }
      nanoseconds = value
    }
    var fields = tm()
    fields.tm_year = Int32(year - 1900)
    fields.tm_mon = Int32(month - 1)
    fields.tm_mday = Int32(day)
    fields.tm_hour = Int32(hour)
    fields.tm_min = Int32(minute)
    fields.tm_sec = Int32(second)
    let seconds = timegm(&fields)
    guard fields.tm_mday == Int32(day) else { return nil }  // timegm moved 31 February to March
    nanosecondsSince1970 = Int64(seconds) * 1_000_000_000 + Int64(nanoseconds)
  }
}

extension WallTime: CustomStringConvertible {
  /// RFC 3339 in UTC with nine digits of a fraction.
  public var description: String {
    var seconds = time_t(nanosecondsSince1970 / 1_000_000_000)
    var fields = tm()
    gmtime_r(&seconds, &fields)
    let date = [
      padded(Int(fields.tm_year) + 1900, 4), padded(Int(fields.tm_mon) + 1, 2), padded(Int(fields.tm_mday), 2),
    ]
    let time = [padded(Int(fields.tm_hour), 2), padded(Int(fields.tm_min), 2), padded(Int(fields.tm_sec), 2)]
    let fraction = padded(Int(nanosecondsSince1970 % 1_000_000_000), 9)
    return "\(date.joined(separator: "-"))T\(time.joined(separator: ":")).\(fraction)Z"
  }
}

/// In JSON a time is its RFC 3339 text.
extension WallTime: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let time = WallTime(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time in UTC")
    }
    self = time
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
