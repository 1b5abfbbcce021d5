import AdaSpot
import Bus
import Video

/// Runs the network over all frames of a queue, on a thread of its own, for the clips whose turn it is.
struct ClipWorker: Sendable {
  /// Which of `count` workers this is; it scores every `count`-th clip from number `index` on.
  let index: Int
  let count: Int
  let model: Model
  let grid: ClipGrid
  let queue: PictureQueue
  let reports: ClipReports
  let keepsSaliency: Bool

  func start() throws(BusError) {
    try WorkThread.start("spot-infer") { run() }
  }

  private func run() {
    let stream = ExactStream(model, grid: grid, share: (index, count), keepsSaliency: keepsSaliency)
    var frames = 0
    do throws(VideoError) {
      while let frame = try queue.next() {
        var completed: [ClipScores] = []
        queue.recycle(stream.append(frame.picture) { completed.append($0) })
        frames += 1
        reports.advance(index, to: frames, completing: completed)
      }
      var completed: [ClipScores] = []
      stream.finish { completed.append($0) }
      reports.advance(index, to: frames, completing: completed)
      reports.end()
    } catch {
      reports.end(error)
    }
  }
}
