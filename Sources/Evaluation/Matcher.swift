/// Gives the true events of one class out to predictions that come in order of falling score.
///
/// A prediction is right if the nearest truth of its video that is not yet found lies within the video's tolerance; the
/// first listed wins when two are equally near. A truth frame listed twice can be found once, as in the published
/// evaluation, which remembers the frames it found.
struct Matcher {
  private var open: [String: OpenFrames] = [:]

  /// `truth` holds each video's true frames as listed, and its tolerance in frames.
  init(truth: [String: (frames: [Int], tolerance: Int)]) {
    open = truth.mapValues { OpenFrames($0.frames, tolerance: $0.tolerance) }
  }

  /// The truth frame that a prediction finds; nil when it is a false alarm.
  mutating func match(frame: Int, video: String) -> Int? { open[video]?.take(near: frame) }
}

/// The frames of one video that are not yet found. Taking the nearest costs about a binary search, so that long lists of
/// predictions and truths do not multiply.
struct OpenFrames {
  private let tolerance: Int
  /// Rising, each once, with its place in the list.
  private let frames: [(frame: Int, place: Int)]
  /// For each index the nearest open one at or below it (shifted by one: 0 is none) and at or above it (the count is none).
  private var below: [Int]
  private var above: [Int]

  init(_ listed: [Int], tolerance: Int) {
    self.tolerance = tolerance
    var places: [Int: Int] = [:]
    for (place, frame) in listed.enumerated() where places[frame] == nil { places[frame] = place }
    frames = places.map { ($0.key, $0.value) }.sorted { $0.frame < $1.frame }
    below = Array(0...frames.count)
    above = Array(0...frames.count)
  }

  /// The nearest open frame, if it is near enough, which is then open no longer.
  mutating func take(near frame: Int) -> Int? {
    guard let chosen = index(nearest: frame) else { return nil }
    close(at: chosen)
    return frames[chosen].frame
  }

  /// The nearest open frame, if it is near enough; it stays open.
  mutating func nearest(to frame: Int) -> Int? { index(nearest: frame).map { frames[$0].frame } }

  /// Makes `frame`, an open one, open no longer.
  mutating func close(_ frame: Int) { close(at: firstIndex(atOrAbove: frame)) }

  private mutating func close(at index: Int) {
    below[index + 1] = index
    above[index] = index + 1
  }

  private mutating func index(nearest frame: Int) -> Int? {
    let split = firstIndex(atOrAbove: frame)
    let left = Self.root(&below, split) - 1
    let right = Self.root(&above, split)
    var chosen: Int?
    if left >= 0 { chosen = left }
    if right < frames.count, chosen.map({ isNearer(right, than: $0, to: frame) }) ?? true { chosen = right }
    return chosen.flatMap { abs(frames[$0].frame - frame) <= tolerance ? $0 : nil }
  }

  private func isNearer(_ index: Int, than other: Int, to frame: Int) -> Bool {
    let distances = (abs(frames[index].frame - frame), abs(frames[other].frame - frame))
    return distances.0 == distances.1 ? frames[index].place < frames[other].place : distances.0 < distances.1
  }

  private func firstIndex(atOrAbove frame: Int) -> Int {
    var low = 0
    var high = frames.count
    while low < high {
      let middle = (low + high) / 2
      if frames[middle].frame < frame { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Where the links from `index` end; they are shortened on the way.
  private static func root(_ links: inout [Int], _ index: Int) -> Int {
    var index = index
    while links[index] != index {
      links[index] = links[links[index]]
      index = links[index]
    }
    return index
  }
}
