/// An SMPTE ST 12-1 timecode: the label that a frame carries, `hh:mm:ss:ff`, `;` before the frames where it is drop-frame.
public struct Timecode: Sendable, Hashable {
  public let hours: Int
  public let minutes: Int
  public let seconds: Int
  public let frames: Int
  public let isDropFrame: Bool

  /// The most frames a second that labels can count here.
  public static let mostFramesPerSecond = 240

  /// Nil for a label that does not exist.
  public init?(hours: Int, minutes: Int, seconds: Int, frames: Int, isDropFrame: Bool) {
    guard (0..<24).contains(hours), (0..<60).contains(minutes), (0..<60).contains(seconds),
      (0..<Self.mostFramesPerSecond).contains(frames)
    else { return nil }
    self.hours = hours
    self.minutes = minutes
    self.seconds = seconds
    self.frames = frames
    self.isDropFrame = isDropFrame
  }

  /// Reads `hh:mm:ss:ff` or, drop-frame, `hh:mm:ss;ff` (also with `.` for `;`); nil for anything else.
  public init?(_ text: String) {
    var numbers: [Int] = []
    var digits = 0
    var last: UInt8 = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if digits == 0 { numbers.append(0) }
        digits += 1
        guard digits <= 3 else { return nil }
        numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int(byte - UInt8(ascii: "0"))
      case UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "."):
        guard digits > 0 else { return nil }
        digits = 0
        last = byte
      default: return nil
      }
    }
    guard numbers.count == 4, digits > 0 else { return nil }
    self.init(
      hours: numbers[0], minutes: numbers[1], seconds: numbers[2], frames: numbers[3],
      isDropFrame: last != UInt8(ascii: ":"))
  }

  /// The label `count` frames later at `rate` labels a second (30 also for 29.97); it begins again after 24 hours.
  ///
  /// Drop-frame leaves out the first labels of each minute but the tenth ones: 2 at 30, 4 at 60 (ST 12-1). At rates that are no
  /// multiple of 30 there is no drop-frame: nil.
  public func advanced(by count: Int, rate: Int) -> Timecode? {
    guard (1...Self.mostFramesPerSecond).contains(rate), frames < rate, count >= 0,
      !isDropFrame || rate.isMultiple(of: 30)
    else { return nil }
    let dropped = isDropFrame ? rate / 15 : 0
    let perMinute = rate * 60 - dropped
    let perTenMinutes = rate * 600 - 9 * dropped
    let perDay = 144 * perTenMinutes
    let wholeMinutes = hours * 60 + minutes
    let labels = (wholeMinutes * 60 + seconds) * rate + frames
    let (sum, overflow) = (labels - dropped * (wholeMinutes - wholeMinutes / 10)).addingReportingOverflow(count)
    guard !overflow, sum >= 0 else { return nil }
    var number = sum % perDay
    // Back from the frames' count to the labels': the ones left out until then are added.
    let (tens, rest) = number.quotientAndRemainder(dividingBy: perTenMinutes)
    number += 9 * dropped * tens + (rest >= rate * 60 ? dropped * (1 + (rest - rate * 60) / perMinute) : 0)
    return Timecode(
      hours: number / (rate * 3_600), minutes: number / (rate * 60) % 60, seconds: number / rate % 60,
      frames: number % rate, isDropFrame: isDropFrame)
  }
}

extension Timecode: CustomStringConvertible {
  public var description: String {
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(padded(hours)):\(padded(minutes)):\(padded(seconds))\(isDropFrame ? ";" : ":")\(padded(frames))"
  }
}
