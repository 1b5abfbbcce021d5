package import AdaSpot
package import Timeline

/// The yardstick of the live profile: for every newest frame a fresh window of up to a clip that ends there, as if the
/// video ended there. The score of frame t with look-ahead δ is read from the window that ends at t + δ.
package struct BruteForce {
  /// Rows of each look-ahead, by frame.
  package private(set) var rows: [Int: [ScoreRow]] = [:]

  /// The shortest clip that a grid can have: the windows of the first frames are this long.
  private static let shortest = 4

  package init(_ video: AnnotatedVideo, _ model: Model, lookaheads: [Int]) {
    let length = model.configuration.clipLength
    let count = video.pictures.count
    let width = model.configuration.classes + 1
    var stream: (length: Int, stream: ExactStream)?
    var spare = Picture(rows: video.pictures[0].rows, columns: video.pictures[0].columns)
    for end in min(Self.shortest, count) - 1..<count {
      let frames = min(end + 1, length)
      if stream?.length != frames {
        // Every second clip of the grid alone: the first, which is all that is fed.
        let grid = ClipGrid(length: max(frames, Self.shortest), padding: 0)
        stream = (frames, ExactStream(model, grid: grid, share: (0, 2), poisons: false))
      }
      guard let stream = stream?.stream else { continue }
      var probabilities: [Float] = []
      for frame in end - frames + 1...end {
        spare.copy(from: video.pictures[frame])
        spare = stream.append(spare) { probabilities = $0.probabilities }
      }
      stream.finish { probabilities = $0.probabilities }
      let first = end - frames + 1
      for lookahead in lookaheads {
        for frame in first...end where Self.end(frame, lookahead, frames: count, clip: length) == end {
          let row = (frame - first) * width
          rows[lookahead, default: []].append(
            ScoreRow(frame: frame, probabilities: Array(probabilities[row..<row + width])))
        }
      }
    }
  }

  /// Where the window ends that frame `frame` is read from.
  private static func end(_ frame: Int, _ lookahead: Int, frames: Int, clip: Int) -> Int {
    min(max(frame + min(lookahead, clip - 1), shortest - 1), frames - 1)
  }
}
