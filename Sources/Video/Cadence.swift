/// How a video's pictures came about, as far as its flags tell.
public enum Cadence: String, Sendable {
  case progressive
  case interlaced
  /// Film: every other picture is shown for a field longer (3:2 pulldown). Frames have uneven durations.
  case telecine
  /// Interlaced and progressive pictures in turn.
  case mixed
}

/// Watches the flags of decoded pictures for their cadence. A change counts when a whole window of pictures shows it.
package struct CadenceWatch {
  private static let window = 50
  /// Of a window, that pulldown shows a field longer at the least: 2 of 5 in theory, 1 of 2 by flags.
  private static let leastRepeats = window / 3
  /// Of a window, that may be of the other kind by mistake.
  private static let strays = window / 10

  package private(set) var cadence: Cadence?
  private var pictures = 0
  private var interlaced = 0
  private var repeats = 0

  package init() {}

  /// Takes one picture's flags; the new cadence where it changed, which the first one found only does if it is none of the two
  /// plain ones.
  package mutating func add(isInterlaced: Bool, repeatsField: Bool) -> Cadence? {
    pictures += 1
    if isInterlaced { interlaced += 1 }
    if repeatsField { repeats += 1 }
    guard pictures == Self.window else { return nil }
    let found: Cadence =
      if repeats >= Self.leastRepeats {
        .telecine
      } else if interlaced <= Self.strays {
        .progressive
      } else if interlaced >= Self.window - Self.strays {
        .interlaced
      } else {
        .mixed
      }
    (pictures, interlaced, repeats) = (0, 0, 0)
    defer { cadence = found }
    guard found != cadence else { return nil }
    return cadence == nil && (found == .progressive || found == .interlaced) ? nil : found
  }
}
