/// Gives the true events of one class out to predictions that come in order of falling score.
///
/// A prediction is right if the nearest truth of its video that is not yet found lies within `tolerance` frames; the
/// first listed wins when two are equally near. A truth frame listed twice can be found once, as in the published
/// evaluation, which remembers the frames it found.
struct Matcher {
  let tolerance: Int
  /// Truth frames not yet found, by video, as listed.
  private var open: [String: [Int]] = [:]

  init(tolerance: Int) {
    self.tolerance = tolerance
  }

  mutating func addTruth(frame: Int, video: String) {
    open[video, default: []].append(frame)
  }

  /// The truth frame that a prediction finds; nil when it is a false alarm.
  mutating func match(frame: Int, video: String) -> Int? {
    guard let frames = open[video], var nearest = frames.first else { return nil }
    for candidate in frames where abs(candidate - frame) < abs(nearest - frame) { nearest = candidate }
    guard abs(nearest - frame) <= tolerance else { return nil }
    open[video] = frames.filter { $0 != nearest }
    return nearest
  }
}
