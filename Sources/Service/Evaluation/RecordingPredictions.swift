import Bus
import Evaluation

/// The final events of a recording of the bus, as predictions.
enum RecordingPredictions {
  /// A video for each stream of `streams`, read from the file at `path`, under the stream's name; a sole stream is `video`.
  ///
  /// Throws for streams whose frames are counted anew at some point, so that they are no frames of one video, and for frames beyond
  /// `EventFile.frameLimit`.
  static func videos(
    _ streams: [Name: [RecordedOutcome]], path: String, video: String
  ) throws(ServiceError) -> [PredictedVideo] {
    var videos: [PredictedVideo] = []
    for (stream, runs) in streams.sorted(by: { $0.key.text < $1.key.text }) {
      guard let run = runs.first, runs.count == 1 else {
        throw .argument("\(path): stream \(stream) has \(runs.count) runs: expected one, as the frames of one video")
      }
      if let late = run.events.keys.first(where: { $0.epoch > 0 }) {
        throw .argument(
          "\(path): stream \(stream) has events in epoch \(late.epoch): its frames are counted anew there, so they are not those "
            + "of one video")
      }
      let events = run.events.sorted { $0.key < $1.key }.map { place, event in
        PredictedVideo.Event(frame: place.frame, label: place.label, score: event.score)
      }
      try check(events, frames: run.videoFrames, key: "stream \(stream)", path: path)
      videos.append(
        PredictedVideo(video: streams.count == 1 ? video : stream.text, frameCount: run.videoFrames, events: events))
    }
    return videos
  }

  /// Throws unless `events` and the number of `frames`, where it is known, can be those of a video.
  private static func check(
    _ events: [PredictedVideo.Event], frames: Int?, key: String, path: String
  ) throws(ServiceError) {
    do throws(EvaluationError) {
      if let frames, !(0...EventFile.frameLimit).contains(frames) {
        throw .malformed(
          file: path, key: key + ".watermark",
          reason: "\(frames) is not a number of frames up to \(EventFile.frameLimit)")
      }
      for event in events {
        try EventFile.check(frame: event.frame, label: event.label, frameCount: nil, key: key, file: path)
      }
    } catch {
      throw .events(error)
    }
  }
}
