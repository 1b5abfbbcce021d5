import AdaSpot
import Bus
import Timeline
import Video

/// Decodes a video on a thread of its own and feeds the same frames to several queues.
final class VideoFeed: @unchecked Sendable {  // from `start` to the queues' end, the thread alone uses the reader
  let info: VideoInfo
  let queues: [PictureQueue]
  private let reader: VideoReader
  private let noticed: Notices

  /// Collects what the reader notices.
  private final class Notices {
    var list: [VideoNotice] = []
  }

  /// Opens the video at `path`, to be delivered in the size and stride of `configuration`.
  init(path: String, configuration: ModelConfiguration, queues: Int, capacity: Int) throws(VideoError) {
    let size = configuration.highResolution
    let noticed = Notices()
    reader = try VideoReader(
      path: path, output: PictureSize(rows: size.rows, columns: size.columns), stride: configuration.frameStride
    ) { noticed.list.append($0) }
    self.noticed = noticed
    info = reader.info
    self.queues = (0..<queues).map { _ in PictureQueue(rows: size.rows, columns: size.columns, capacity: capacity) }
  }

  func start() throws(BusError) {
    try WorkThread.start("spot-decode") { self.run() }
  }

  /// What was lost and noticed; to be asked when a queue has ended.
  var losses: VideoLosses { reader.losses }
  var notices: [VideoNotice] { noticed.list }

  private func run() {
    do throws(VideoError) {
      while let picture = queues[0].spare(), let stamp = try reader.next(into: picture) {
        for queue in queues.dropFirst() {
          guard let copy = queue.spare() else { continue }
          copy.copy(from: picture)
          queue.put(copy, stamp)
        }
        queues[0].put(picture, stamp)
      }
      for queue in queues { queue.finish() }
    } catch {
      for queue in queues { queue.finish(error) }
    }
  }
}
